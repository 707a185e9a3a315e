"use strict"
// The county map: folium creates map and layers, this colours them by the values each message brings, and reports clicks.
// Every text that comes from data is written with textContent, so a name can never become markup.

const STRIPES = {  // period, stripe, angle: the second channel beside colour, the same as in tables and bars
  wide: [7, 2, 45], dense: [5, 2, -45], lines: [5, 2, 90], dashes: [6, 3, 0],
}
const patterns = new Map()

function fillOf(colour, texture, stripe) {
  const stripes = STRIPES[texture]
  if (!stripes) return colour
  const key = colour + texture + stripe
  if (!patterns.has(key)) {
    const [period, width, angle] = stripes
    const tile = Object.assign(document.createElement("canvas"), { width: period, height: period })
    const pen = tile.getContext("2d")
    pen.fillStyle = colour; pen.fillRect(0, 0, period, period)
    pen.fillStyle = stripe; pen.fillRect(period - width, 0, width, period)
    const pattern = pen.createPattern(tile, "repeat")
    pattern.setTransform(new DOMMatrix().rotate(angle))
    patterns.set(key, pattern)
  }
  return patterns.get(key)
}

// Leaflet's canvas takes one colour per shape; a pattern goes the same way, in a method Leaflet keeps to itself (1.9.4).
const HatchCanvas = L.Canvas.extend({
  _fillStroke(pen, path) {
    const options = path.options
    if (options.fill && options.paint) {
      pen.globalAlpha = 1
      pen.fillStyle = options.paint
      pen.fill("evenodd")
    }
    if (options.stroke && options.weight) {
      pen.globalAlpha = options.opacity
      pen.lineWidth = options.weight
      pen.strokeStyle = options.color
      pen.lineCap = pen.lineJoin = "round"
      pen.stroke()
    }
  },
})

const tell = (type, more) => parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...more }, "*")
const make = (tag, css, text) => {
  const element = document.createElement(tag)
  if (css) element.className = css
  if (text !== undefined) element.textContent = text
  return element
}

function countyMap({ map, villages, towns, county }) {
  const own = location.pathname.split("/").pop()
  const layers = villages.getLayers()
  const byCode = new Map([...towns.getLayers(), ...layers].map(layer => [layer.feature.properties.c, layer]))
  const order = new Map(layers.map((layer, i) => [layer, i]))
  let args = null, dark = false, selected = null, focus = null, touched = false, clicks = 0, hovered = null
  let look = { panel: "#fff", text: "#17212b", tick: "#17212b", stripe: "#ffffff8c" }

  // --- values ---
  const kindOf = layer => args.legend[parseInt(args.kinds[order.get(layer)], 36)]
  const numberOf = layer => args.numbers?.[order.get(layer)]
  const written = new Map()  // by digits: making a format costs more than everything else of a label
  const format = digits => {
    if (!written.has(digits)) written.set(digits, new Intl.NumberFormat("en-US", { maximumFractionDigits: digits }))
    return written.get(digits)
  }
  const shown = number => number == null ? "" : format(args.digits).format(number)
    .replaceAll(",", "\u2009").replace("-", "\u2212") + args.unit
  const shade = pair => pair[+dark]
  const symbol = kind => {
    const element = make("i", "symbol")
    element.style.setProperty("--ink", shade(kind.ink))
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">${kind.symbol}</svg>`
    element.style.setProperty("--mask", `url("data:image/svg+xml,${encodeURIComponent(svg)}")`)
    return element
  }

  // --- shapes ---
  const outline = L.geoJSON(null, { interactive: false, pointToLayer: (_, at) => L.circleMarker(at, { radius: 8 }) }).addTo(map)
  function paint() {
    villages.setStyle(() => ({}))
    for (const layer of layers) {
      const kind = kindOf(layer), fill = shade(kind.fill)
      const point = layer instanceof L.CircleMarker
      layer.setStyle({
        fill: true, fillColor: fill, paint: fillOf(fill, kind.texture, look.stripe), stroke: true, opacity: 1,
        color: layer === hovered || point ? look.tick : look.panel, weight: layer === hovered ? 2 : point ? 1 : .6,
      })
    }
    const line = (weight, opacity) => ({ fill: false, stroke: true, color: look.text, weight, opacity })
    towns.setStyle(line(1.1, .5))
    county.setStyle(line(2.4, .85))
    mark()
  }
  function mark() {  // under its own outline the selected shape shows above township lines
    outline.clearLayers()
    const layer = byCode.get(selected)
    if (!layer) return
    outline.addData(layer.feature)
    outline.setStyle({ fill: false, stroke: true, color: look.tick, weight: 3.2, opacity: 1 })
    outline.bringToFront()
  }
  function hover(layer) {
    const before = hovered
    hovered = layer
    for (const one of [before, layer]) {
      if (!one || one instanceof L.CircleMarker) continue
      one.setStyle({ color: one === hovered ? look.tick : look.panel, weight: one === hovered ? 2 : .6 })
    }
  }
  const pick = code => {
    selected = code
    mark()
    tell("setComponentValue", { dataType: "json", value: { code, clicks: ++clicks, at: Date.now() } })
  }

  // --- words on hover ---
  function card(layer) {
    const { n, t } = layer.feature.properties, kind = kindOf(layer), box = make("div")
    box.append(make("div", "", [t, n].filter(Boolean).join(" ")))
    const line = make("div", "line")
    line.append(symbol(kind), make("span", "", kind.word), make("b", "", shown(numberOf(layer))))
    box.append(line)
    const more = args.labels?.[order.get(layer)]
    if (more) box.append(make("div", "more", more))
    return box
  }
  for (const layer of layers) {
    layer.bindTooltip(card, { sticky: true, opacity: 1 })
    layer.on({ click: () => pick(layer.feature.properties.c), mouseover: () => hover(layer), mouseout: () => hover(null) })
  }

  // --- words on the map ---
  const words = L.layerGroup().addTo(map), places = L.layerGroup().addTo(map)
  const put = (group, at, css, body) => {
    const html = make("div")
    html.append(...body)
    const icon = L.divIcon({ html, className: `mark ${css}`, iconSize: [0, 0] })
    return L.marker(at, { icon, keyboard: false, interactive: css !== "village" }).addTo(group)
  }
  // Names skip each other: the townships furthest behind first, then villages where there is room for them.
  function label() {
    words.clearLayers()
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const size = map.getSize(), taken = []
    const free = (at, width, height) => {
      const p = map.latLngToContainerPoint(at)
      const box = [p.x - width / 2, p.y - height / 2, p.x + width / 2, p.y + height / 2]
      if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y) return false
      if (taken.some(b => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) return false
      taken.push(box)
      return true
    }
    const width = text => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 1 : .6), 0) * rem
    const worst = new Map()
    for (const layer of layers) {
      const [sum, n] = worst.get(layer.feature.properties.t) ?? [0, 0]
      worst.set(layer.feature.properties.t, [sum + parseInt(args.kinds[order.get(layer)], 36), n + 1])
    }
    const rank = town => { const [sum, n] = worst.get(town.feature.properties.n) ?? [9, 1]; return sum / n }
    for (const town of towns.getLayers().sort((a, b) => rank(a) - rank(b))) {
      const { n, p, c } = town.feature.properties
      if (!free(p, width(n) + 4, 1.4 * rem)) continue
      put(words, p, "town", [make("span", "", n)]).on("click", () => pick(c))
    }
    const view = map.getBounds()
    for (const layer of layers) {
      const { n, p } = layer.feature.properties, number = shown(numberOf(layer))
      const box = layer.getBounds?.()
      const room = box ? Math.abs(map.latLngToContainerPoint(box.getNorthEast()).x - map.latLngToContainerPoint(box.getSouthWest()).x) : 90
      const wide = Math.max(width(n), width(number)) * .86
      if (room < wide || !view.contains(p) || !free(p, wide + 4, (number ? 2.1 : 1.1) * rem)) continue
      put(words, p, "village", [make("span", "", n), ...(number ? [make("small", "", number)] : [])])
    }
  }
  function showPlaces() {
    places.clearLayers()
    for (const [where, name, kind] of args.places) {
      const at = Array.isArray(where) ? where : byCode.get(where)?.feature.properties.p
      if (!at) continue
      const text = make("div")
      text.append(make("div", "", name), ...(kind ? [make("div", "more", kind)] : []))
      put(places, at, "place", [make("i")]).bindTooltip(text, { direction: "top", offset: [0, -6], opacity: 1 })
        .on("click", () => typeof where === "string" && pick(where))
    }
  }

  // --- around the map ---
  const box = map.getContainer(), aside = make("aside"), legend = make("div", "legend"), note = make("div", "note")
  const tools = make("div", "tools"), notice = make("div", "notice")
  aside.append(legend, note, tools)
  box.after(aside, notice)
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 80 }).addTo(map)
  const tool = (path, act) => {
    const button = make("button"), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    svg.setAttribute("viewBox", "0 0 16 16")
    svg.append(Object.assign(document.createElementNS("http://www.w3.org/2000/svg", "path")))
    svg.firstChild.setAttribute("d", path)
    button.type = "button"
    button.append(svg)
    button.onclick = act
    tools.append(button)
    return button
  }
  const buttons = {
    zoom_in: tool("M8 3v10M3 8h10", () => zoom(1)),
    zoom_out: tool("M3 8h10", () => zoom(-1)),
    whole: tool("M8 2v12M2 8h12M8 2 6 4M8 2l2 2M8 14l-2-2M8 14l2-2M2 8l2-2M2 8l2 2M14 8l-2-2M14 8l-2 2", () => fit(true)),
    fullscreen: tool("M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", () =>
      document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  }
  function zoom(by) {
    touched = true
    map.setZoom(map.getZoom() + by)
  }
  function explain() {
    const rows = [make("div", "title", args.title), make("div", "unit", args.texts.villages)]
    for (const kind of args.legend) {
      if (!kind.count) continue
      const row = make("div", "row"), swatch = Object.assign(document.createElement("canvas"), { width: 26, height: 17 })
      const pen = swatch.getContext("2d"), fill = shade(kind.fill)
      pen.fillStyle = fillOf(fill, kind.texture, look.stripe)
      pen.fillRect(0, 0, 26, 17)
      row.append(swatch, symbol(kind), make("span", "", kind.word), make("span", "count", kind.count))
      rows.push(row)
    }
    if (args.places.length) {
      const row = make("div", "row"), sign = make("span", "mark place")
      sign.style.cssText = "width:1.3rem!important;height:.85rem!important"
      sign.append(make("i"))
      row.append(sign, make("span"), make("span", "", args.texts.places), make("span", "count", args.places.length))
      rows.push(row)
    }
    legend.replaceChildren(...rows)
    note.textContent = args.note
    note.hidden = !args.note
    notice.textContent = args.notice
    notice.hidden = !args.notice
    document.body.classList.toggle("noted", !notice.hidden)
    for (const [name, button] of Object.entries(buttons)) button.title = button.ariaLabel = args.texts[name]
    box.setAttribute("role", "application")
    box.setAttribute("aria-label", args.title)
  }

  // --- size and view ---
  const bounds = () => (byCode.get(focus) ?? (county.getLayers().length ? county : villages)).getBounds()
  function fit(again) {
    if (again) touched = false
    const size = map.getSize()
    if (touched || size.x < 50 || size.y < 50) return
    map.fitBounds(bounds(), { padding: [6, 6], animate: false })
  }
  let sized = ""
  function resize() {  // whoever hears of a new size first: the map is drawn for it once
    const size = `${box.clientWidth} ${box.clientHeight}`
    if (size === sized) return
    sized = size
    map.invalidateSize({ pan: false, animate: false })
    fit()
  }
  function arrange() {  // legend beside the map or below it, whichever leaves the county larger
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), box = bounds()
    const size = map.project(box.getNorthEast(), 9).subtract(map.project(box.getSouthWest(), 9))
    const room = (width, height) => Math.min(width / size.x, height / -size.y)
    const tall = room(innerWidth, innerHeight - 6 * rem) > room(innerWidth - 13 * rem, innerHeight - 2 * rem)
    document.body.classList.toggle("tall", tall)
  }
  // A hidden tab has no size and is shown in steps: fit at every size until the viewer moves the map.
  for (const name of ["pointerdown", "wheel", "keydown"])
    box.addEventListener(name, () => { touched = true }, { capture: true, passive: true })
  // Leaflet gives itself the focus at a click; a ring is for those who came by keyboard.
  addEventListener("keydown", () => document.documentElement.classList.add("keys"), true)
  addEventListener("pointerdown", () => document.documentElement.classList.remove("keys"), true)
  new ResizeObserver(() => {
    arrange()
    resize()
    if (args) label()
  }).observe(document.documentElement)
  new ResizeObserver(resize).observe(box)
  map.on("moveend", () => args && label())

  // --- messages ---
  function dress(theme) {
    dark = theme?.base === "dark"
    const root = document.documentElement
    root.classList.toggle("dark", dark)
    if (theme?.backgroundColor) root.style.setProperty("--panel", theme.backgroundColor)
    try {  // letters as large as the page's: meeting mode and wide screens change them there
      root.style.fontSize = parent.getComputedStyle(parent.document.documentElement).fontSize
    } catch { root.style.fontSize = "14px" }
    const style = getComputedStyle(root), token = name => style.getPropertyValue(`--${name}`).trim()
    look = { panel: token("panel"), text: token("text"), tick: token("tick"), stripe: dark ? "#0d141c8c" : "#ffffff8c" }
  }
  let last = ""
  addEventListener("message", event => {
    if (event.source !== parent || event.data.type !== "streamlit:render") return
    const next = event.data.args
    if (next.document !== own) {
      if (/^\d{6}-[0-9a-f]{12}\.html$/.test(next.document)) location.replace(next.document)
      return
    }
    const same = JSON.stringify([next, event.data.theme])
    const moved = args && next.selected && next.selected !== selected
    const refocus = !args || next.focus !== focus
    if (next.selected !== args?.selected) selected = next.selected
    args = next
    dress(event.data.theme)
    tell("setFrameHeight", { height: Math.round(next.height * parseFloat(document.documentElement.style.fontSize) / 14) })
    if (same === last) return mark()
    last = same
    focus = next.focus
    explain()
    arrange()
    resize()  // the legend may have become wider
    if (refocus) fit(true)
    document.body.classList.add("ready")
    paint()
    showPlaces()
    label()
    if (moved) {
      const at = byCode.get(selected)?.feature.properties.p
      if (at && !map.getBounds().contains(at)) map.panTo(at, { animate: false })
    }
    globalThis.countyMapState = { map, args, layers, selected: () => selected }
  })
  tell("componentReady", { apiVersion: 1 })
}
