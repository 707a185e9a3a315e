// One live element: shows our HTML in the page, and reports which [data-id] was picked.
// Enter or Space picks; arrow keys move the selection: by rows, and in a [data-grid] also to the sides.
// Part of the page, not of every message that shows a board (components/board.py).
globalThis.xianjieBoards = {}
globalThis.xianjieBoard = function ({ parentElement, data, setTriggerValue }) {
  const WAIT = 160  // a held arrow key should not start a rerun at every step
  const box = parentElement.querySelector(".board")
  if (!box) return
  const told = new TextDecoder().decode(data), cut = told.indexOf("\n")
  const [name, group] = told.slice(0, cut).split(" "), html = told.slice(cut + 1)
  const entry = xianjieBoards[name] ??= {}
  entry.box = box
  entry.group = group
  entry.send = id => setTriggerValue("picked", id)
  if (box.shown !== html) box.innerHTML = box.shown = html

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
  box.onclick = event => {
    const hit = event.target.closest("[data-id]")
    if (!hit || event.target.closest("a")) return
    pick(hit.dataset.id)
    if (group === "indicator") xianjieLeadTo(".st-key-panel_depth, .st-key-panel_map, .st-key-panel_card")
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

// What is selected, told apart from the board, before or after it is drawn.
globalThis.xianjieMark = function ({ data }) {
  const entry = xianjieBoards[data.name] ??= {}
  entry.picked = data.picked
  entry.mark?.(data.picked)
}

// A tile leads to a page as the menu does, without loading the dashboard anew; other clicks are the browser's.
document.addEventListener("click", event => {
  const tile = event.target.closest?.("a[data-page]")
  if (!tile || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  const link = [...document.querySelectorAll(".st-key-nav a")]
    .find(a => new URL(a.href).pathname.endsWith(`/${tile.dataset.page}`))
  if (link) { event.preventDefault(); link.click() }
}, true)
