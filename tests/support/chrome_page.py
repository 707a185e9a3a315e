"""One of each widget, with labels of our own: in Chinese, and some that read like Streamlit's English."""

import datetime as dt

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.segmented_control("语言", ["zh", "en"], key="lang", default="zh", bind="query-params")
st.markdown("Search")  # our own words, though they read like a button of Streamlit's
st.header("Settings")
st.html("<p id='own'>Select all</p>")
st.file_uploader("文件", type=["csv", "xlsx"], accept_multiple_files=True, max_upload_size=5, key="file")
st.selectbox("镇", ["甲镇", "Close", "乙镇"], index=None, key="one")
st.multiselect("村", ["甲村", "乙村"], key="many")
said = st.selectbox("单位", ["区财政局"], index=None, accept_new_options=True, key="new")
st.html(f"<p id='said'>{said}</p>")
st.text_input("名称", key="name")
st.text_input("口令", type="password", key="secret")
st.number_input("数值", 0, 10, 5, key="number")
st.date_input("日期", dt.date(2023, 4, 30), key="date")
st.dataframe(pd.DataFrame({"村": ["甲村", "乙村"], "值": [1, 2]}), key="frame")
st.plotly_chart(go.Figure([go.Bar(x=["甲", "乙"], y=[1, 2], name="Search")]), key="chart")
with st.form("form"):
    st.text_input("表单", key="inform")
    st.form_submit_button("提交")


@st.dialog("说明")
def explain() -> None:
    st.write("内容")


if st.button("打开说明"):
    explain()
