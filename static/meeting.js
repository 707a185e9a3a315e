// The meeting: a presenter's remote walks the agenda, long lists turn their pages by themselves. Only where the frame
// has put the agenda's bar, which it does in meeting mode.
(() => {
  "use strict"

  const REST = 9000, CALM = 30000  // between two pages of a list; after somebody has touched it
  const bar = () => document.querySelector("nav.agenda")
  const typing = element => element?.closest?.("input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=dialog], [role=radiogroup], [role=slider]")
  const KEYS = { PageDown: "next", ArrowRight: "next", PageUp: "before", ArrowLeft: "before" }

  addEventListener("keydown", event => {
    const here = bar()
    if (!here || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    if (event.key === "f" || event.key === "F") { event.preventDefault(); return full() }
    const link = KEYS[event.key] && here.querySelector(`a[rel=${KEYS[event.key]}]`)
    if (!link) return
    event.preventDefault()
    link.click()
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
  })

  const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.()

  // ---- lists that turn their pages ----
  const KEPT = "xianjie_still"
  const still = () => sessionStorage.getItem(KEPT) === "1"
  const touched = new WeakMap()
  const touch = event => {
    const box = event.target.closest?.("[class*=st-key-scroll_]")
    if (box) touched.set(box, Date.now())
  }
  for (const type of ["pointerdown", "wheel", "keydown", "focusin", "touchstart"]) {
    document.addEventListener(type, touch, { capture: true, passive: true })
  }
  setInterval(() => {
    if (!bar() || still() || document.hidden) return
    for (const box of document.querySelectorAll("[class*=st-key-scroll_]")) {
      if (box.matches(":hover") || Date.now() - (touched.get(box) ?? 0) < CALM) continue
      const last = box.scrollHeight - box.clientHeight
      if (last < 4) continue
      const head = box.querySelector("thead")?.offsetHeight ?? 0
      const next = box.scrollTop >= last - 2 ? 0 : Math.min(last, box.scrollTop + box.clientHeight - 2 * head)
      box.scrollTo({ top: next, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
    }
  }, REST)

  const mark = button => button.setAttribute("aria-pressed", String(still()))
  document.addEventListener("click", event => {
    const button = event.target.closest?.("nav.agenda button")
    if (!button) return
    if (button.dataset.does === "full") return full()
    sessionStorage.setItem(KEPT, still() ? "0" : "1")
    mark(button)
  })
  addEventListener("animationstart", ({ animationName, target }) => {
    if (animationName === "here" && target.matches("nav.agenda button[data-does=still]")) mark(target)
  })
})()
