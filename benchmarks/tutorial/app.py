"""A dashboard as Streamlit's tutorials write it, on the data of our overview and of an area page.

`streamlit run app.py -- FOLDER`, with the files of `benchmarks/export.py` in FOLDER. Nothing is made slow on purpose:
cached loading, plotly.express, `folium.Choropleth` in `st_folium`, Streamlit's default configuration.
"""

import json
import sys
from pathlib import Path
from typing import Any

import folium
import local_leaflet
import pandas as pd
import plotly.express as px
import streamlit as st
from streamlit_folium import st_folium

FOLDER = Path(sys.argv[1])
BAD = ["far_behind", "overdue", "behind"]


@st.cache_data
def load_progress() -> pd.DataFrame:
    """Read every indicator, region and date."""
    return pd.read_parquet(FOLDER / "progress.parquet")


@st.cache_data
def load_villages() -> dict[str, Any]:
    """Read the villages' polygons."""
    shapes: dict[str, Any] = json.loads((FOLDER / "villages.geojson").read_text("utf-8"))
    return shapes


local_leaflet.install()
st.set_page_config(page_title="衔接工作看板", layout="wide")
st.title("衔接工作看板")

progress = load_progress()
dates = sorted(progress["as_of"].unique(), reverse=True)
as_of = st.sidebar.selectbox("数据截至", dates, format_func=lambda d: f"{d:%Y-%m-%d}")
now = progress[progress["as_of"] == as_of]
county = now[now["level"] == "top"]
indicator = st.sidebar.selectbox("指标", county["indicator"])
row = county[county["indicator"] == indicator].iloc[0]

for column, (area, rows) in zip(st.columns(county["area"].nunique()), county.groupby("area"), strict=True):
    column.metric(f"{area}（滞后／全部）", f"{rows['status'].isin(BAD).sum()} / {len(rows)}")

left, right = st.columns([1.6, 1])
with left:
    st.subheader("指标")
    shown = ["indicator", "area", "target", "expected", "value", "gap", "status", "reported", "of"]
    st.dataframe(county[shown].sort_values("gap"), hide_index=True)
with right:
    st.subheader(f"{indicator}：{row['status']}")
    villages = now[(now["indicator"] == indicator) & (now["level"] == "village")]
    here = folium.Map(tiles=None, attribution_control=False)
    layer = folium.Choropleth(
        geo_data=load_villages(),
        data=villages,
        columns=["region", "value"],
        key_on="feature.properties.code",
        fill_color="YlGnBu",
        line_weight=0.5,
    )
    local_leaflet.without_legend(layer).add_to(here)
    here.fit_bounds(layer.get_bounds())
    st_folium(here, height=380, use_container_width=True, returned_objects=["last_active_drawing"])

of_indicator = progress[(progress["indicator"] == indicator) & (progress["as_of"] <= as_of)]
towns = now[(now["indicator"] == indicator) & (now["level"] == "township")].sort_values("value")
first, second = st.columns(2)
first.plotly_chart(
    px.line(of_indicator[of_indicator["level"] == "top"], x="as_of", y=["value", "expected"], title="实绩与序时")
)
second.plotly_chart(px.bar(towns, x="value", y="name", orientation="h", title="乡镇排名"))
third, fourth = st.columns(2)
third.plotly_chart(px.histogram(villages, x="value", title="各村分布"))
judged = now[(now["level"] == "township") & now["gap"].notna()]
shares = judged.assign(fine=~judged["status"].isin([*BAD, "slightly_behind"]))
heat = shares.pivot_table(index="name", columns="area", values="fine", aggfunc="mean")
fourth.plotly_chart(px.imshow(heat, aspect="auto", title="乡镇 × 板块"))
