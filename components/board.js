// One live element: shows our HTML in the page, and reports which [data-id] was picked.
// Enter or Space picks; arrow keys move the selection: by rows, and in a [data-grid] also to the sides.
const BOARDS = globalThis.xianjieBoards ??= {}
const WAIT = 160  // a held arrow key should not start a rerun at every step

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".board")
  if (!box) return
  const entry = BOARDS[data.name] ??= {}
  entry.box = box
  if (box.shown !== data.html) box.innerHTML = box.shown = data.html

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

  let timer
  const pick = (id, wait = 0) => {
    entry.picked = id
    mark(id)
    clearTimeout(timer)
    timer = setTimeout(() => setTriggerValue("picked", id), wait)
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
    if (hit && !event.target.closest("a")) pick(hit.dataset.id)
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
  return () => { clearTimeout(timer); if (entry.box === box) delete entry.box }
}
