// The script of an area's page: it opens what a link points to, and puts charts with values (uPlot) in the place of drawings.
// Without it everything is there: details open by hand, drawings and tables say the same.
(() => {
  "use strict";

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    const own = target.matches("article") && target.querySelector(":scope > details");
    if (own) own.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details:not([open])")];
    shut.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => shut.forEach((one) => (one.open = false)));

  const store = document.getElementById("_drawing");
  if (!store || !window.uPlot) return;
  const { charts, words } = JSON.parse(store.textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const DASH = { g: [6, 3], t: [2, 3] };
  const live = [];

  const when = (row) => row[3] || String(row[0]);
  const put = (tag, into, props = {}) => into.appendChild(Object.assign(document.createElement(tag), props));

  // one axis of time for all series: each has null where it says nothing
  const align = (one) => {
    const times = [...new Set([...one.p, ...(one.g || [])].map(([t]) => t))].sort((a, b) => a - b);
    const at = new Map(times.map((t, n) => [t, n]));
    const spread = (rows, column) => {
      const values = new Array(times.length).fill(null);
      rows.forEach((row) => { values[at.get(row[0])] = row[column] ?? null; });
      return values;
    };
    return { times, at, spread };
  };

  const draw = (figure) => {
    const one = charts[figure.dataset.of];
    const picture = figure.querySelector("img");
    const { times, spread } = align(one);
    const data = [times, spread(one.p, 1), spread(one.p, 4), spread(one.p, 5), spread(one.g || [], 1)];
    const own = new Map(one.p.map((row) => [row[0], row]));
    const group = new Map((one.g || []).map((row) => [row[0], row]));
    const shown = { g: !!one.g, m: true, t: !!one.t, k: false };
    const breaks = new Set((one.b || []).map((n) => one.p[n][0]));
    const usual = [...one.p].map((row, n, all) => (n ? row[0] - all[n - 1][0] : 0)).slice(1).sort((a, b) => a - b);
    const hole = 1.5 * (usual[(usual.length - 1) >> 1] || 1);

    const box = put("div", figure, { className: "plot", tabIndex: 0 });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.keys.replace("{title}", figure.querySelector("figcaption").textContent));
    picture.before(box);
    const said = put("output", figure);
    box.after(said);

    const dots = (plot) => {
      const { ctx } = plot;
      const px = devicePixelRatio;
      const place = (t, v) => [plot.valToPos(t, "x", true), plot.valToPos(v, "y", true)];
      ctx.save();
      ctx.setLineDash([]);
      const rows = one.p.filter((row) => row[1] !== null);
      if (shown.m && rows.some((row) => row.length > 4)) {
        ctx.strokeStyle = colour("--accent");
        ctx.globalAlpha = 0.35;
        ctx.lineWidth = 4 * px;
        rows.filter((row) => row.length > 4).forEach(([t, , , , low, high]) => {
          ctx.beginPath(); ctx.moveTo(...place(t, low)); ctx.lineTo(...place(t, high)); ctx.stroke();
        });
        ctx.globalAlpha = 1;
      }
      // the area's own line: cut where a new series begins and where time leaps
      ctx.strokeStyle = ctx.fillStyle = colour("--accent");
      ctx.lineWidth = 2 * px;
      ctx.lineJoin = "round";
      ctx.beginPath();
      rows.forEach(([t, v], n) => {
        const before = n && rows[n - 1][0];
        ctx[n && !breaks.has(t) && t - before <= hole ? "lineTo" : "moveTo"](...place(t, v));
      });
      ctx.stroke();
      rows.forEach(([t, v], n) => {
        ctx.beginPath();
        ctx.arc(...place(t, v), 3.5 * px, 0, 7);
        ctx.fillStyle = (one.n || []).includes(one.p.indexOf(rows[n])) ? colour("--ground") : colour("--accent");
        ctx.fill(); ctx.stroke();
      });
      ctx.font = `${12 * px}px ${getComputedStyle(document.body).fontFamily}`;
      ctx.textBaseline = "bottom";
      const { left, width, top, height } = plot.bbox;
      breaks.forEach((t) => {
        const [x] = place(t, 0);
        ctx.strokeStyle = colour("--muted");
        ctx.setLineDash([4 * px, 3 * px]);
        ctx.lineWidth = px;
        ctx.beginPath(); ctx.moveTo(x - 4 * px, top); ctx.lineTo(x - 4 * px, top + height); ctx.stroke();
      });
      if (shown.t) {
        const [value, text] = one.t;
        const y = plot.valToPos(value, "y", true);
        ctx.strokeStyle = ctx.fillStyle = colour("--ink");
        ctx.setLineDash(DASH.t.map((d) => d * px));
        ctx.lineWidth = 1.5 * px;
        ctx.beginPath(); ctx.moveTo(left, y); ctx.lineTo(left + width, y); ctx.stroke();
        ctx.textAlign = "left";
        ctx.fillText(text, left + 4 * px, y - 2 * px);
      }
      if (shown.k) {
        ctx.setLineDash([]);
        ctx.fillStyle = ctx.strokeStyle = colour("--ink");
        ctx.textAlign = "right";
        ctx.textBaseline = "middle";
        const x = plot.valToPos(rows[rows.length - 1][0], "x", true);
        let floor = Infinity;
        [...one.k].sort((a, b) => a[1] - b[1]).forEach(([label, value, text]) => {
          const y = plot.valToPos(value, "y", true);
          floor = Math.min(y, floor - 14 * px);
          ctx.fillRect(x - 3 * px, y - 3 * px, 6 * px, 6 * px);
          ctx.fillText(`${label} ${text}`, x - 8 * px, floor);
        });
      }
      ctx.restore();
    };

    const range = (plot, low, high) => {
      const values = [low, high];
      if (shown.t) values.push(one.t[0]);
      if (shown.k) values.push(...one.k.map(([, v]) => v));
      if (shown.m) one.p.forEach((row) => row.length > 4 && values.push(row[4], row[5]));
      const [min, max] = [Math.min(...values), Math.max(...values)];
      const from = min >= 0 && (min < max / 2 || !one.z) ? 0 : min;
      return uPlot.rangeNum(from, max, { min: { pad: from ? 0.1 : 0, soft: from }, max: { pad: 0.1 } });
    };
    const number = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 2 });
    const axis = (more) => ({
      stroke: () => colour("--muted"), font: `12px ${getComputedStyle(document.body).fontFamily}`,
      grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false }, ...more,
    });
    const size = () => ({ width: box.clientWidth, height: Math.round(Math.min(280, Math.max(200, box.clientWidth * 0.45))) });
    const plot = new uPlot({
      ...size(), legend: { show: false }, padding: [14, 14, 0, 0],
      scales: { x: { time: false, range: (u, a, b) => [a - (b - a) * 0.03, b + (b - a) * 0.03] }, y: { range } },
      axes: [
        axis({ size: 28, incrs: [1, 2, 5, 10, 20, 50], values: (u, ts) => ts.map((t) => String(Math.round(t))), grid: { show: false } }),
        axis({ size: 62, values: (u, vs) => vs.map((v) => number.format(v)) }),
      ],
      series: [
        {}, { stroke: "transparent", points: { show: false } },
        { show: false }, { show: false },
        { stroke: () => colour("--muted"), width: 1.5, dash: DASH.g, points: { show: false }, spanGaps: true, show: shown.g },
      ],
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 10, fill: () => colour("--accent"), stroke: () => colour("--ground") } },
      hooks: { draw: [dots], setCursor: [(u) => tell(u.cursor.idx)] },
    }, data, box);
    picture.hidden = true;
    figure.querySelector("figcaption").classList.remove("vh");

    function tell(n) {
      if (n === null || n === undefined) return;
      const [row, other] = [own.get(times[n]), group.get(times[n])];
      said.textContent = [
        row && `${when(row)}: ${row[2]}`,
        row && row.length > 4 && shown.m && `(${number.format(row[4])} – ${number.format(row[5])})`,
        shown.g && other && `${row ? "" : `${when(other)} · `}${one.c}: ${other[2]}`,
      ].filter(Boolean).join(" · ").replace(" · (", " (");
    }

    const move = (n) => {
      const at = Math.max(0, Math.min(times.length - 1, n));
      plot.setCursor({ left: plot.valToPos(times[at], "x"), top: 20 });
      tell(at);
    };
    box.addEventListener("keydown", (event) => {
      const now = plot.cursor.idx ?? times.length - 1;
      const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: times.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      move(to);
    });
    box.addEventListener("focus", () => { if (plot.cursor.idx == null) move(times.length - 1); });

    const names = { g: one.c, m: words.margin, t: one.t && one.t[1], k: words.groups };
    const there = { g: one.g, m: one.p.some((row) => row.length > 4), t: one.t, k: one.k };
    const keys = Object.keys(there).filter((key) => there[key]);
    if (keys.length) {
      const set = document.createElement("fieldset");
      set.className = "shows";
      put("legend", set, { textContent: words.show });
      keys.forEach((key) => {
        const label = put("label", set);
        const tick = put("input", label, { type: "checkbox", checked: shown[key] });
        label.append(names[key]);
        tick.addEventListener("change", () => {
          shown[key] = tick.checked;
          if (key === "g") plot.setSeries(4, { show: shown.g });
          plot.redraw(false, true);
          plot.setData(data);
        });
      });
      said.after(set);
    }
    new ResizeObserver(() => { if (box.clientWidth && box.clientWidth !== plot.width) plot.setSize(size()); }).observe(box);
    live.push(plot);
  };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => live.forEach((plot) => plot.redraw()));
  const open = (details) => details.querySelectorAll(".chart[data-of]:not(:has(.plot))").forEach(draw);
  document.querySelectorAll(".indicator > details").forEach((details) => {
    details.addEventListener("toggle", () => details.open && open(details));
    if (details.open) open(details);
  });
})();
