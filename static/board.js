// A live element: shows our HTML in the page, and reports which [data-id] of which of its boards was picked.
// Enter or Space picks; arrow keys move the selection: by rows, and in a [data-grid] also to the sides.
// Part of the page, not of every message that shows a board (components/board.py).
globalThis.xianjieBoards = {}
globalThis.xianjieLive = function ({ parentElement, data, setTriggerValue }) {
  const live = parentElement.querySelector(".live")
  if (!live) return
  const html = new TextDecoder().decode(data)
  if (live.shown !== html) {
    const scrolled = [...live.querySelectorAll("[class*=st-key-scroll_]")].map(e => [e.className, e.scrollTop])
    live.innerHTML = live.shown = html
    for (const [name, top] of scrolled) if (top) live.getElementsByClassName(name)[0]?.scrollTo(0, top)
  }
  const leave = [...live.querySelectorAll(".board")].map(box => xianjieBoard(box, setTriggerValue))
  return () => leave.forEach(one => one())
}

function xianjieBoard(box, setTriggerValue) {
  const WAIT = 160  // a held arrow key should not start a rerun at every step
  const [name, group] = box.dataset.board.split(" ")
  const entry = xianjieBoards[name] ??= {}
  entry.box = box
  entry.group = group
  entry.send = id => setTriggerValue("picked", [name, id])

  const items = () => [...box.querySelectorAll("[data-id]")]
  const mark = id => {
    const all = items()
    const hit = all.find(e => e.dataset.id === id)
    for (const e of all) {
      e.setAttribute("aria-selected", e === hit)
      e.tabIndex = e === (hit ?? all[0]) ? 0 : -1
    }
    return hit
  }
  entry.mark = mark
  mark(entry.picked)

  // What waits survives the next drawing of the board: a pick in the middle of a rerun counts.
  const pick = (id, wait = 0) => {
    // Boards of one group move together at once, those included that do not rerun with this one.
    for (const other of Object.values(xianjieBoards))
      if (other.group === group) { other.picked = id; other.mark?.(id) }
    clearTimeout(entry.timer)
    if (wait) entry.timer = setTimeout(() => entry.send(id), wait)
    else entry.send(id)
  }
  const middle = e => { const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2] }
  const beside = (from, dx, dy) => {
    const [x, y] = middle(from)
    let best, least = Infinity
    for (const e of items()) {
      if (e === from) continue
      const [ex, ey] = middle(e)
      const along = (ex - x) * dx + (ey - y) * dy, off = Math.abs((ex - x) * dy) + Math.abs((ey - y) * dx)
      const cost = along + 3 * off
      if (along > 2 && cost < least) [best, least] = [e, cost]
    }
    return best
  }
  entry.press = id => {
    pick(id)
    if (group === "indicator") xianjieLeadTo(".st-key-panel_depth, .st-key-panel_map, .st-key-panel_card")
  }
  box.onclick = event => {
    const hit = event.target.closest("[data-id]")
    if (!hit || event.target.closest("a")) return
    entry.press(hit.dataset.id)
  }
  box.onkeydown = event => {
    const from = event.target.closest?.("[data-id]")
    if (!from) return
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      return pick(from.dataset.id)
    }
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
    if (!step) return
    const grid = from.closest("[data-grid]")
    if (!grid && step[0]) return  // sideways keys belong to the page (meeting mode turns pages with them)
    const all = items()
    const to = grid ? beside(from, ...step) : all[all.indexOf(from) + step[1]]
    if (grid || to) { event.preventDefault(); event.stopPropagation() }
    if (!to) return
    to.focus({ preventScroll: true })
    to.scrollIntoView({ block: "nearest" })
    pick(to.dataset.id, WAIT)
  }
  return () => { if (entry.box === box) delete entry.mark }
}

// A press counts though its board was drawn anew before it was let go: the browser's click then names no row.
globalThis.xianjiePressed = null
document.addEventListener("pointerdown", event => {
  xianjiePressed = event.target.closest?.("a") ? null : event.target.closest?.("[data-board] [data-id]")
}, true)
document.addEventListener("pointerup", () => {
  const row = xianjiePressed
  if (row && !row.isConnected) xianjieBoards[row.closest("[data-board]")?.dataset.board.split(" ")[0]]?.press(row.dataset.id)
}, true)

// On a phone what a row leads to lies screens further down: shown there once it has been drawn anew.
globalThis.xianjieLeadTo = target => {
  const panel = document.querySelector(target)
  if (!panel || !matchMedia("(max-width: 640px)").matches) return
  const QUIET = 250, UNCHANGED = 1500
  const go = () => { drawn.disconnect(); panel.scrollIntoView({ block: "start" }) }
  let timer = setTimeout(go, UNCHANGED)  // the row picked already: nothing is drawn
  const drawn = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(go, QUIET) })
  drawn.observe(panel, { subtree: true, childList: true, characterData: true })
}

// What is selected, told apart from the boards, before or after they are drawn.
globalThis.xianjieMark = function ({ data }) {
  for (const [name, picked] of Object.entries(data)) {
    const entry = xianjieBoards[name] ??= {}
    entry.picked = picked
    entry.mark?.(picked)
  }
}

// A link to a page brings along what the address says when it is used, in a new tab too.
for (const type of ["pointerdown", "focusin", "click"]) document.addEventListener(type, event => {
  const link = event.target.closest?.("a[data-page]")
  if (!link) return
  const query = new URLSearchParams(location.search)
  if (link.dataset.town) query.set("town", link.dataset.town)
  else if (link.dataset.town === "") query.delete("town")
  link.search = query
}, true)
// A plain click goes there without loading the dashboard anew, as the browser's own way back does; Streamlit hears of it.
document.addEventListener("click", event => {
  const link = event.target.closest?.("a[data-page]")
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  if (link.href !== location.href) history.pushState({}, "", link.href)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
})
