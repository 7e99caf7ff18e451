// Puts charts with zoom and a cursor in the place of a picture, where somebody asks for them. The
// page is complete without.
(function () {
  'use strict';
  var css = function (name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  };
  var stacked = function (panel) {
    var below = panel.at.map(function () { return 0; });
    return panel.series.map(function (series) {
      below = below.map(function (sum, i) { return sum + (series.values[i] || 0); });
      return below;
    });
  };
  // A layer hides those below its top, so it must not be clear.
  var mix = function (name, part) {
    var parts = [css(name), css('ground')].map(function (hex) {
      return [1, 3, 5].map(function (i) { return parseInt(hex.slice(i, i + 2), 16); });
    });
    return 'rgb(' + parts[0].map(function (c, i) {
      return Math.round(c * part + parts[1][i] * (1 - part));
    }).join(',') + ')';
  };
  var round = function (value) {
    return value == null ? '-' : String(Math.round(value * 10) / 10);
  };

  function build(panel, box, sync) {
    var head = document.createElement('h4');
    head.textContent = panel.title;
    box.appendChild(head);
    var place = document.createElement('div');
    place.className = 'plot';
    place.tabIndex = 0;
    place.setAttribute('role', 'group');
    place.setAttribute('aria-label', panel.title +
      ': left and right arrows move the cursor, plus and minus zoom, 0 resets');
    box.appendChild(place);
    var axis = { stroke: css('soft'), grid: { stroke: css('grid'), width: 1 }, ticks: { stroke: css('grid') } };
    var lines = panel.stacked ? stacked(panel) : panel.series.map(function (s) { return s.values; });
    var series = [{ label: 's', value: function (u, v) { return v == null ? '-' : v.toFixed(1); } }];
    var data = [panel.at];
    // The highest layer is drawn first, so that the lower ones cover its foot.
    for (var k = panel.series.length - 1; k >= 0; k--) (function (s, line) {
      data.push(line);
      series.push({
        label: s.name, stroke: css(s.tone), width: 1.5, dash: s.dashed ? [4, 3] : undefined,
        fill: panel.stacked ? mix(s.tone, s.tone === 'lost' ? 1 : s.dashed ? 0.2 : 0.45) : undefined,
        paths: panel.stacked ? uPlot.paths.stepped({ align: 1 }) : undefined,
        points: { show: false },
        value: function (u, v, si, i) { return i == null ? '-' : round(s.values[i]); }
      });
    })(panel.series[k], lines[k]);
    var chart = new uPlot({
      width: place.clientWidth, height: 190, scales: {
        x: { time: false },
        y: { range: function (u, min, max) { return [0, (max || 1) * 1.05]; } }
      },
      axes: [axis, Object.assign({ size: 56 }, axis)], series: series,
      cursor: { sync: { key: sync }, drag: { x: true, y: false } }, legend: { live: true }
    }, data, place);
    place.addEventListener('keydown', function (event) {
      var x = chart.scales.x, at = chart.cursor.idx;
      if (at == null) at = Math.floor(panel.at.length / 2);
      if (event.key === 'ArrowLeft') at = Math.max(0, at - 1);
      else if (event.key === 'ArrowRight') at = Math.min(panel.at.length - 1, at + 1);
      else if (event.key === '+' || event.key === '=' || event.key === '-') {
        var by = event.key === '-' ? 2 : 0.5, middle = panel.at[at];
        var half = (x.max - x.min) / 2 * by, first = panel.at[0], last = panel.at[panel.at.length - 1];
        zoomed(chart, Math.max(first, middle - half), Math.min(last, middle + half));
      } else if (event.key === '0') chart.reset();
      else return;
      event.preventDefault();
      chart.setCursor({ left: chart.valToPos(panel.at[at], 'x'), top: 10 });
    });
    chart.reset = function () { zoomed(chart, panel.at[0], panel.at[panel.at.length - 1]); };
    return chart;
  }

  var busy = false;
  function zoomed(chart, min, max) {
    if (busy) return;
    busy = true;
    chart.group.forEach(function (other) { other.setScale('x', { min: min, max: max }); });
    busy = false;
  }

  // What is folded on the screen and belongs to the result is printed.
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details.printed').forEach(function (d) { d.open = true; });
  });

  document.querySelectorAll('[data-zoom]').forEach(function (box) {
    var id = box.getAttribute('data-zoom');
    var button = box.querySelector('button');
    var charts = document.getElementById(id + '-zoom');
    var picture = document.getElementById(id).querySelectorAll('svg');
    var built = null;
    box.hidden = false;
    var fit = function () {
      if (!built || charts.hidden) return;
      built.forEach(function (chart) {
        chart.setSize({ width: charts.clientWidth, height: 190 });
      });
    };
    button.addEventListener('click', function () {
      var open = charts.hidden;
      charts.hidden = !open;
      picture.forEach(function (svg) { svg.style.display = open ? 'none' : ''; });
      button.setAttribute('aria-expanded', String(open));
      button.textContent = open ? 'Back to the picture' : 'Zoom and read values';
      if (!open) return;
      if (!built) {
        var hint = document.createElement('p');
        hint.className = 'hint';
        hint.textContent = 'Drag to zoom, double-click for all. Keys: arrows, plus, minus, 0.';
        charts.appendChild(hint);
        var reset = document.createElement('button');
        reset.type = 'button';
        reset.textContent = 'Reset zoom';
        charts.appendChild(reset);
        built = JSON.parse(document.getElementById(id + '-data').textContent)
          .map(function (panel) { return build(panel, charts, id); });
        built.forEach(function (chart) {
          chart.group = built;
          chart.hooks.setSelect = [function (u) {
            if (u.select.width > 0)
              zoomed(u, u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
          }];
        });
        reset.addEventListener('click', function () { built[0].reset(); });
      }
      fit();
    });
    window.addEventListener('resize', fit);
    window.addEventListener('beforeprint', function () {
      if (!charts.hidden) button.click();
    });
  });
})();
