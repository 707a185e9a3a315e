// Streamlit's own interface speaks English only. This gives it Chinese, where it stands in the page and as it appears,
// and takes it back when the address says lang=en. Only Streamlit's fixed texts are touched, never what we or our data
// say. Checked against Streamlit 1.67; tests/browser/test_chrome.py looks for what an upgrade brings.
(() => {
  "use strict";

  const TEXTS = {
    // file uploader
    "Upload": "选择文件", "Add files": "添加文件", "Upload directories": "选择文件夹", "Browse files": "选择文件",
    "Drag and drop a file here": "将文件拖到此处", "Drag and drop file here": "将文件拖到此处",
    "Drag and drop files here": "将文件拖到此处", "Drag and drop directories here": "将文件夹拖到此处",
    "Only one file is allowed.": "只能选择一个文件。", "Too many files": "文件过多",
    "File size is too small.": "文件过小。", "Click to retry upload": "点击重新上传",
    "Unexpected error. Please try again.": "出现意外错误，请重试。", "Unknown error": "未知错误", "Unknown Error": "未知错误",
    "Network Error": "网络错误", "Uploading...": "正在上传……", "Delete": "删除", "file upload": "选择文件", "Remove file": "移除文件",
    // choosing
    "Choose an option": "请选择", "Choose options": "请选择", "Add an option": "添加选项", "Add options": "添加选项",
    "Choose or add an option": "请选择或添加", "Choose or add options": "请选择或添加", "No results": "没有匹配项",
    "No options to select": "没有可选项", "No options to select.": "没有可选项", "Select all": "全选",
    "Clear all": "全部清除", "Clear value": "清除", "Clear entry": "清除", "Clear selection": "清除选择",
    "Select...": "请选择", "Open": "展开", "Selectbox options": "选项", "Multiselect options": "选项",
    "Selected values": "已选", "Select one or more options": "请选择一项或多项", "Suggestions": "建议",
    // typing
    "Press Enter to apply": "按回车键确认", "Press Enter to submit form": "按回车键提交",
    "Press Ctrl+Enter to apply": "按 Ctrl+回车键确认", "Press Ctrl+Enter to submit form": "按 Ctrl+回车键提交",
    "Press ⌘+Enter to apply": "按 ⌘+回车键确认", "Press ⌘+Enter to submit form": "按 ⌘+回车键提交",
    "Show password": "显示密码", "Hide password": "隐藏密码", "Show password text": "显示密码",
    "Hide password text": "隐藏密码", "Increment": "增加", "Decrement": "减少", "Invalid input.": "输入无效。",
    "Invalid data type": "数据类型无效", "Number is above the allowed range.": "数值超出上限。",
    "Number is below the allowed range.": "数值低于下限。", "Please fill out this field.": "请填写此项。",
    // dates
    "Choose date": "选择日期", "Choose date range": "选择日期范围", "Choose date and time": "选择日期和时间",
    "Choose a date range": "选择日期范围", "Clear date": "清除日期", "Clear dates": "清除日期",
    "Clear date and time": "清除日期和时间", "Clear time": "清除时间", "Date range": "日期范围", "Time": "时间",
    "Quick select a date range": "快速选择日期范围", "Quick select": "快速选择", "None": "无", "Past Week": "近一周",
    "Past Month": "近一个月", "Past 3 Months": "近三个月", "Past 6 Months": "近六个月", "Past Year": "近一年",
    "Past 2 Years": "近两年", "Next month": "下个月", "Previous month": "上个月", "Next": "下一个", "Previous": "上一个",
    "Select a date": "选择日期", "Month": "月", "Year": "年", "Calendar": "日历",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": "方向键移动，回车选择，Esc 关闭。",
    "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
      "方向键移动，回车选择，Tab 切换日历与时间，Esc 关闭。",
    // tables
    "Search": "搜索", "Type to search": "输入文字搜索", "Close Search": "关闭搜索", "Next Result": "下一处",
    "Previous Result": "上一处", "Show/hide columns": "显示或隐藏列", "Download as CSV": "下载 CSV",
    "Download as PNG": "下载图片", "Download as SVG": "下载 SVG", "Show chart": "查看图表", "Show data": "查看数据",
    "Sort ascending": "升序", "Sort descending": "降序", "Pin column": "固定列", "Unpin column": "取消固定",
    "Hide column": "隐藏列", "Autosize": "自动列宽", "Format": "格式", "Statistics": "统计",
    "Copy column name": "复制列名", "Copied": "已复制", "Dataframe column menu": "列菜单",
    "Button action menu": "操作菜单", "Automatic": "自动", "Localized": "按地区", "Plain": "原样", "Compact": "简写",
    "Dollar": "美元", "Euro": "欧元", "Yen": "日元", "Percent": "百分比", "Scientific": "科学记数", "Accounting": "会计",
    "Distance": "距今", "Duration": "时长", "ISO 8601": "ISO 8601", "Bytes": "字节", "Count": "计数", "Empty": "空值",
    "Distinct": "不同值", "Average": "平均", "Median": "中位数", "Minimum": "最小", "Maximum": "最大", "Sum": "合计",
    "Range": "范围", "Standard deviation": "标准差", "Values": "数值", "Average length": "平均长度",
    "Minimum length": "最短", "Maximum length": "最长", "Top values frequency chart": "高频值图",
    "Based on sample": "据抽样", "Add row": "添加行", "Delete row(s)": "删除行", "Edit": "编辑", "Rename": "重命名",
    "Save": "保存", "Cancel": "取消", "Cancel (Escape)": "取消（Esc）", "No data": "没有数据", "No content": "没有内容",
    "empty": "空", "Loading...": "正在加载……", "Wrap": "换行",
    // charts
    "Download plot as a PNG": "下载图片", "Download plot as PNG": "下载图片", "Download plot": "下载图片",
    "Download plot as JSON": "下载 JSON", "Download failed": "下载失败", "Zoom": "框选放大", "Pan": "平移",
    "Zoom in": "放大", "Zoom out": "缩小", "Box Select": "框选", "Lasso Select": "套索选择", "Autoscale": "自动缩放",
    "Reset axes": "还原坐标轴", "Reset view": "还原视图", "Reset": "还原", "Reset views": "还原视图",
    "Toggle show closest data on hover": "显示最近数据", "Show closest data on hover": "显示最近数据",
    "Compare data on hover": "对比数据", "Toggle Spike Lines": "显示参考线", "Draw line": "画线",
    "Draw open freeform": "画曲线", "Draw closed freeform": "画闭合曲线", "Draw circle": "画圆", "Draw rectangle": "画矩形",
    "Erase active shape": "擦除图形", "Double-click to zoom back out": "双击还原",
    "Double-click on legend to isolate one trace": "双击图例只看一项", "Taking snapshot - this may take a few seconds":
      "正在生成图片，请稍候", "Restore": "还原", "Save as Image": "保存图片", "Data View": "数据视图",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "View fullscreen": "全屏", "Exit fullscreen": "退出全屏",
    "Toggle fullscreen": "全屏",
    // frame
    "Close": "关闭", "Settings": "设置", "Print": "打印", "Rerun": "重新运行", "Always rerun": "总是重新运行",
    "Auto rerun": "自动重新运行", "Stop": "停止", "Stopping...": "正在停止……", "Running...": "运行中……",
    "Running": "运行中", "Connecting": "正在连接", "CONNECTING": "正在连接", "Connecting to Streamlit server": "正在连接服务器",
    "Unable to connect to Streamlit server": "无法连接服务器", "Please wait...": "请稍候……", "Error": "错误",
    "Connection error": "连接中断", "Connection timed out.": "连接超时。", "Network issue": "网络问题",
    "Connection lost. Please wait for the app to reconnect, then try again.": "连接已中断，请等待重新连接后再试。",
    "Streamlit server is not responding. Are you connected to the internet?": "服务器没有响应，请检查网络。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "服务器没有响应，可能已停止，请联系管理员。",
    "Page not found": "没有这个页面", "Script execution error": "页面出错", "No message": "没有说明", "Try again": "重试",
    "The page that you have requested does not seem to exist. Running the app's main page.": "没有您要的页面，已打开首页。",
    "Traceback:": "错误位置：", "Main menu": "菜单", "Notifications": "通知", "Navigate to home page": "回到首页",
    "Skip to main content": "跳到正文", "App pages": "页面", "Sidebar": "侧栏", "Expand sidebar": "展开侧栏",
    "Collapse sidebar": "收起侧栏", "Open sidebar": "展开侧栏", "Close sidebar": "收起侧栏", "View less": "收起",
    "View more": "更多", "Scroll tabs left": "标签左移", "Scroll tabs right": "标签右移", "Show more": "展开",
    "Show less": "收起", "Theme": "主题", "Light": "浅色", "Dark": "深色", "System": "跟随系统",
    "Use system setting": "跟随系统", "About": "关于", "Get help": "帮助", "Report a bug": "反馈问题",
    "Clear cache": "清除缓存", "Record a screencast": "录屏", "File change.": "文件已改动。",
    "Copy": "复制", "Copy to clipboard": "复制", "Link to heading": "本节链接", "(opens in new tab)": "（在新标签页打开）",
    "Pagination": "分页", "Next page": "下一页", "Previous page": "上一页", "Help": "说明", "Dismiss": "关闭",
  };

  const BOUND = "请输入";
  const PATTERNS = [
    [/^([\d.,]+ ?[KMGT]?B) per file$/, (m) => `单个文件不超过 ${m[1]}`],
    [/^Limit ([\d.,]+ ?[KMGT]?B) per file(.*)$/, (m) => `单个文件不超过 ${m[1]}${m[2]}`],
    // what a proxy before the server answers an upload
    [/^(?:AxiosError: )?Request failed with status code 413$/, () => "文件太大，未上传"],
    [/^(?:AxiosError: )?Request failed with status code 429$/, () => "上传太频繁，请稍候一分钟再试"],
    [/^(?:AxiosError: )?Request failed with status code (\d+)$/, (m) => `上传未成功（${m[1]}），请稍后再试`],
    [/^File must be (.+) or smaller\.$/, (m) => `文件不得超过 ${m[1]}。`],
    [/^File is larger than (.+)$/, (m) => `文件大于 ${m[1]}`],
    [/^File is smaller than (.+)$/, (m) => `文件小于 ${m[1]}`],
    [/^File type must be (?:one of )?(.+)$/, (m) => `文件类型应为 ${m[1]}`],
    [/^(.*) files are not allowed\.$/, (m) => `不接受 ${m[1].trim() || "这种"} 文件。`],
    [/^Remove (.+)$/, (m) => `移除 ${m[1]}`],
    [/^Add: (.+)$/, (m) => `添加：${m[1]}`],
    [/^Select (\d+) matches$/, (m) => `选择 ${m[1]} 项匹配`],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, (m) => `最多选 ${m[1]} 项，请先移除一项。`],
    [/^(\d+) results?$/, (m) => `${m[1]} 处`],
    [/^(\d+) of (\d+)$/, (m) => `第 ${m[1]} 处，共 ${m[2]} 处`],
    [/^Over (\d+) results?$/, (m) => `超过 ${m[1]} 处`],
    [/^Showing page (\d+) of (\d+)$/, (m) => `第 ${m[1]} 页，共 ${m[2]} 页`],
    [/^Page (\d+)$/, (m) => `第 ${m[1]} 页`],
    [/^(\d+) more$/, (m) => `还有 ${m[1]} 项`],
    [/^View (\d+) more$/, (m) => `还有 ${m[1]} 项`],
    [/^Show password text$/, () => "显示密码"],
    [/^Number is above .* less than or equal to (.+)\.$/, (m) => `数值超出上限，${BOUND}不大于 ${m[1]} 的数。`],
    [/^Number is below .* greater than or equal to (.+)\.$/, (m) => `数值低于下限，${BOUND}不小于 ${m[1]} 的数。`],
    [/^Number is outside .* between (.+) and (.+)\.$/, (m) => `数值超出范围，${BOUND} ${m[1]} 至 ${m[2]} 之间的数。`],
    [/^(?:Error: )?Date set outside .* between (.+) and (.+)\.$/, (m) => `日期超出范围，应在 ${m[1]} 至 ${m[2]} 之间。`],
    [/^(?:Error: )?Date set outside .* on or after (.+)\.$/, (m) => `日期超出范围，不得早于 ${m[1]}。`],
    [/^(?:Error: )?Date set outside .* on or before (.+)\.$/, (m) => `日期超出范围，不得晚于 ${m[1]}。`],
    [/^Shortcut (.+)$/, (m) => `快捷键 ${m[1]}`],
    [/^Attempting to connect to .*$/, () => "正在尝试连接……"],
  ];

  // Where our own words stand, except inside what is Streamlit's through and through: its buttons' labels are Markdown too.
  const OURS = ["stMarkdownContainer", "stHeading", "stCaptionContainer", "stHtml", "stText", "stCode", "stJson", "stTable",
    "stMetric", "stBidiComponentRegular", "stBidiComponentIsolated", "stFileUploaderFileName", "stTopNavLink",
    "stTopNavDropdownLink", "stSidebarNavLink", "stAlertContentInfo"]
    .map((id) => `[data-testid="${id}"]`)
    .concat("[role=option]", "[role=row]", "[data-tag-index]", "[data-id]", "canvas", ".main-svg", ".js-plotly-plot .hoverlayer", "code", "style", "script")
    .join();
  const THEIRS = ["stFileUploaderDropzone", "stTooltipContent", "stElementToolbar", "stMainMenu", "stStatusWidget",
    "stDataFrameColumnMenu", "stHeaderActionElements"].map((id) => `[data-testid="${id}"]`).concat(".modebar", '[data-testid="stCode"] button').join();
  // What Streamlit puts among our options.
  const AMONG_OPTIONS = /^(?:No results|No options to select\.?|Select all|Clear all|Select \d+ matches|Add: .+|You can only select up to .+)$/;
  const ATTRIBUTES = ["placeholder", "title", "aria-label", "alt", "data-title"];

  const chinese = (text) => {
    const core = text.trim();
    if (!core || core.length > 160 || /[\u4e00-\u9fff]/.test(core[0])) return null;
    let found = Object.hasOwn(TEXTS, core) ? TEXTS[core] : null;
    for (let i = 0; !found && i < PATTERNS.length; i++) {
      const match = PATTERNS[i][0].exec(core);
      if (match) found = PATTERNS[i][1](match);
    }
    return found && found !== core ? text.replace(core, () => found) : null;
  };

  const theirs = (element, text) => {
    if (!element || element.closest(THEIRS)) return true;
    const ours = element.closest(OURS);
    return !ours || (ours.matches("[role=option]") && AMONG_OPTIONS.test(text.trim()));
  };

  // What stood there before, so that a switch to English brings it back.
  const before = new WeakMap();
  const remember = (node, key, was, shown) => {
    if (!before.has(node)) before.set(node, new Map());
    before.get(node).set(key, {was, shown});
  };

  const visitText = (node, zh) => {
    const now = node.nodeValue;
    if (!now) return;
    if (!zh) {
      const old = before.get(node)?.get("");
      if (old && old.shown === now) node.nodeValue = old.was;
      return;
    }
    const shown = chinese(now);
    if (shown && theirs(node.parentElement, now)) {
      remember(node, "", now, shown);
      node.nodeValue = shown;
    }
  };

  const visitAttributes = (element, zh) => {
    for (const name of ATTRIBUTES) {
      const now = element.getAttribute(name);
      if (!now) continue;
      if (!zh) {
        const old = before.get(element)?.get(name);
        if (old && old.shown === now) element.setAttribute(name, old.was);
        continue;
      }
      const shown = chinese(now);
      if (shown && theirs(element, now)) {
        remember(element, name, now, shown);
        element.setAttribute(name, shown);
      }
    }
  };

  const visit = (node, zh) => {
    if (node.nodeType === Node.TEXT_NODE) visitText(node, zh);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    visitAttributes(node, zh);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) visitText(walker.currentNode, zh);
      else visitAttributes(walker.currentNode, zh);
    }
  };

  const wanted = () => (new URLSearchParams(location.search).get("lang") || "zh").toLowerCase() !== "en";
  let zh = wanted();

  const follow = () => {
    if (wanted() === zh) return;
    zh = !zh;
    document.documentElement.lang = zh ? "zh-CN" : "en";
    visit(document.documentElement, zh);
  };
  // The switch writes the address without a sound: pushState and replaceState raise no event.
  const push = history.pushState, replace = history.replaceState;
  // One entry for one thing done: what the script corrects in the address by itself is no step to go back to.
  let acted = true;
  const act = () => { acted = true; };
  for (const type of ["pointerdown", "keydown", "click"]) addEventListener(type, act, true);
  addEventListener("message", (event) => { if (event.data?.type === "streamlit:setComponentValue") act(); });
  history.pushState = function (...values) {
    (acted ? push : replace).apply(this, values);
    acted = false;
    follow();
  };
  history.replaceState = function (...values) {
    replace.apply(this, values);
    follow();
  };
  addEventListener("popstate", () => { acted = false; follow(); });

  new MutationObserver((changes) => {
    if (!zh) return;
    for (const change of changes) {
      if (change.type === "characterData") visitText(change.target, zh);
      else if (change.type === "attributes") visitAttributes(change.target, zh);
      else change.addedNodes.forEach((node) => visit(node, zh));
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });

  // Of a menu wider than the screen the entry of this page is in sight: its mark's animation begins wherever it moves to.
  addEventListener("animationstart", ({ animationName, target }) => {
    const menu = animationName === "here" && target.closest(".st-key-nav");
    if (!menu) return;
    const outer = menu.getBoundingClientRect(), inner = target.getBoundingClientRect();
    menu.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  });

  // Who acts is typed once per browser: kept for the county until the browser is closed, taken back by an empty name.
  addEventListener("animationstart", ({ animationName, target }) => {
    if (animationName !== "actor") return;
    const name = encodeURIComponent(target.dataset.actor || ""), county = location.pathname.split("/")[1];
    document.cookie = `xianjie_actor=${name}; path=/${county}; SameSite=Strict${name ? "" : "; max-age=0"}`;
  });

  // Words typed into a list that takes new ones are taken up when one goes on without Enter; Streamlit would drop them.
  const takeUp = (next) => {
    const field = document.activeElement, typed = field?.value?.trim();
    if (!typed || !field.matches('[data-testid="stSelectbox"] input[aria-expanded=true]')) return;
    const list = document.getElementById(field.getAttribute("aria-controls"));
    if (!list || list.contains(next) || field.closest('[data-testid="stSelectbox"]').contains(next)) return;
    const said = [typed, `Add: ${typed}`, `添加：${typed}`];
    [...list.querySelectorAll("[role=option]")].find((option) => said.includes(option.textContent.trim()))?.click();
  };
  addEventListener("pointerdown", ({ target }) => takeUp(target), true);
  addEventListener("keydown", ({ key }) => { if (key === "Tab") takeUp(null); }, true);

  // Enter in a search for places takes the one that fits. It may be typed faster than what fits is shown: then it waits.
  let entered = null;
  const takeOnly = () => {
    const shown = entered && document.querySelector(`[data-field="${entered.field}"]`);
    if (!shown || shown.dataset.typed !== entered.typed) return;
    entered = null;
    const hits = shown.querySelectorAll("[data-id]");
    if (hits.length === 1) hits[0].click();
  };
  addEventListener("keydown", ({ key, target }) => {
    const field = target.closest?.("[class*='st-key-find']")?.className.match(/st-key-(find\w*)/)?.[1];
    entered = key === "Enter" && field && target.value ? { field, typed: target.value } : null;
    takeOnly();
  }, true);
  new MutationObserver(takeOnly).observe(document.documentElement, { subtree: true, childList: true });

  // On paper a chart may have less width than on the screen: with a viewBox it shrinks instead of being cut.
  const charts = (act) => document.querySelectorAll(".stPlotlyChart .main-svg").forEach(act);
  addEventListener("beforeprint", () =>
    charts((svg) => svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`)));
  addEventListener("afterprint", () => charts((svg) => svg.removeAttribute("viewBox")));
})();
