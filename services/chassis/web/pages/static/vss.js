// Makes pages pleasant; nothing depends on it. A plain script, for browsers of 2016, with nothing inline.
(function () {
  "use strict";
  var body = document.body;
  body.classList.add("js-enabled");
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  // a part that another service draws takes the place of its link, if it comes within two seconds
  each("section[data-manh]", function (part) {
    if (!window.fetch) { return; }
    var over = false, late = setTimeout(function () { over = true; }, 2000);
    fetch(part.dataset.manh, { headers: { "X-Manh": "1" }, credentials: "same-origin" })
      .then(function (answer) { return answer.status === 200 && !answer.redirected ? answer.text() : ""; })
      .then(function (html) { clearTimeout(late); if (html && !over) { part.innerHTML = html; } }, function () {});
  });

  each("[data-print]", function (button) { button.addEventListener("click", function () { window.print(); }); });
  each("[data-copy]", function (button) {
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () { button.textContent = button.dataset.copied; });
    });
  });

  // what has just been done, or was not sent, is read first
  var notice = document.querySelector("[data-notice]");
  if (notice && !document.querySelector(".govuk-error-summary")) { notice.focus(); }

  // leaving a form with words that were not sent asks first; `Esc` and links marked so
  var changed = false;
  each("main form[method=post]", function (form) {
    form.addEventListener("input", function () { changed = true; });
    form.addEventListener("submit", function () { changed = false; });
  });
  each("a[data-leave]", function (link) {
    link.addEventListener("click", function (event) {
      if (changed && !window.confirm(link.dataset.leave)) { event.preventDefault(); }
    });
  });

  // ---------------------------------------------------------------- the session: renewed while somebody works, ended in sight
  var watch = document.getElementById("phien");
  if (watch) {
    var lasts = Number(watch.dataset.seconds) * 1000, end = Date.now() + lasts - Number(watch.dataset.age) * 1000;
    var active = false, renewedAt = Date.now(), returnTo = null;
    var told = window.BroadcastChannel ? new BroadcastChannel("vss-phien") : null;
    if (told) { told.onmessage = function (message) { end = Math.max(end, message.data); hide(); }; }
    var renew = function () {
      renewedAt = Date.now(); active = false;
      return fetch(watch.dataset.renewal, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
        if (answer.status === 200) { end = Date.now() + lasts; if (told) { told.postMessage(end); } hide(); }
        else if (answer.status === 204) { end = Date.now(); }
      }, function () {});
    };
    var hide = function () {
      if (watch.hidden) { return; }
      watch.hidden = true;
      if (returnTo) { returnTo.focus(); }
    };
    var leave = function () {
      clearInterval(ticking);
      var form = document.querySelector("main form[method=post]"), go = function () { location.assign(watch.dataset.over); };
      if (!form || !changed || !window.FormData) { go(); return; }
      var kept = new FormData(form);
      kept.append("_trang", watch.dataset.page);
      changed = false;
      fetch(watch.dataset.keep, { method: "POST", body: new URLSearchParams(Array.from(kept).filter(function (pair) { return typeof pair[1] === "string"; })), credentials: "same-origin" }).then(go, go);
    };
    ["keydown", "pointermove", "pointerdown", "scroll"].forEach(function (kind) {
      document.addEventListener(kind, function () { active = true; }, { passive: true });
    });
    watch.querySelector("[data-stay]").addEventListener("click", renew);
    var ticking = setInterval(function () {
      var left = end - Date.now();
      if (left <= 0) { leave(); }
      else if (left <= 120000 && watch.hidden) {
        var hour = new Date(end);
        watch.querySelector("[data-hour]").textContent = ("0" + hour.getHours()).slice(-2) + ":" + ("0" + hour.getMinutes()).slice(-2);
        returnTo = document.activeElement;
        watch.hidden = false;
        watch.querySelector("[data-stay]").focus();
      } else if (active && Date.now() - renewedAt > 300000 && watch.hidden) { renew(); }
    }, 5000);
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Tab" || watch.hidden) { return; }
      var inside = watch.querySelectorAll("button"), last = inside[inside.length - 1];
      if (event.shiftKey && document.activeElement === inside[0]) { event.preventDefault(); last.focus(); }
      else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); inside[0].focus(); }
    });
  }

  // ---------------------------------------------------------------- keys (staff)
  var list = document.getElementById("phim");
  if (!list) { return; }
  var NAMES = { Slash: "/", BracketLeft: "[", BracketRight: "]", Comma: ",", Period: ".", Equal: "+", NumpadAdd: "+", Minus: "-", NumpadSubtract: "-",
    Enter: "Enter", NumpadEnter: "Enter", Escape: "Escape", ArrowLeft: "ArrowLeft", ArrowRight: "ArrowRight" };
  // by the place of the key, not the letter: Telex and VNI rewrite letters
  function name(event) {
    var code = event.code || "", found = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code);
    return found ? found[1].toLowerCase() : NAMES[code] || "";
  }
  function off() { return /(?:^|; )vss_phim=tat/.test(document.cookie); }
  function types(element) {
    return element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(element.type)));
  }
  function rows() { return Array.prototype.slice.call(document.querySelectorAll("tr[data-row]")); }
  var here = -1, lastTicked = -1, went = 0;
  function stand(at) {
    var all = rows();
    if (!all.length) { return; }
    if (all[here]) { all[here].classList.remove("vss-here"); }
    here = Math.max(0, Math.min(all.length - 1, at));
    all[here].classList.add("vss-here");
    var link = all[here].querySelector("a");
    if (link) { link.focus({ preventScroll: true }); }
    all[here].scrollIntoView({ block: "nearest" });
  }
  function tick(upTo) {
    var all = rows(), from = upTo && lastTicked >= 0 ? Math.min(lastTicked, here) : here, to = upTo && lastTicked >= 0 ? Math.max(lastTicked, here) : here;
    for (var at = from; at <= to; at++) {
      var box = all[at] && all[at].querySelector("input[type=checkbox]");
      if (box) { box.checked = upTo ? true : !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    }
    lastTicked = here;
  }
  function press(key, attribute) {
    var target = document.querySelector("[" + attribute + "=\"" + key.replace(/["\\]/g, "\\$&") + "\"]");
    if (!target || target.getAttribute("aria-disabled") === "true") { return false; }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type)) { target.focus(); if (target.select) { target.select(); } }
    else { target.click(); if (target.tagName !== "A") { target.focus(); } }
    return true;
  }
  function show() {
    var own = list.querySelector("[data-own]");
    own.textContent = "";
    each("[data-key], [data-go]", function (element) {
      if (list.contains(element)) { return; }
      var row = own.insertRow(), text = element.getAttribute("data-key-name") || element.getAttribute("aria-label") || element.textContent;
      var key = document.createElement("kbd");
      key.className = "vss-key";
      key.textContent = element.dataset.go ? "g " + element.dataset.go : element.dataset.key;
      row.insertCell().appendChild(key);
      row.insertCell().textContent = text.replace(element.dataset.key && !element.getAttribute("data-key-name") ? new RegExp("\\s*" + element.dataset.key.replace(/[^\w]/g, "\\$&") + "\\s*$") : "", "").trim();
    });
    list.querySelector("[data-keys-off]").checked = off();
    if (list.showModal) { list.showModal(); } else { list.setAttribute("open", ""); }
  }
  function close() { if (list.close) { list.close(); } else { list.removeAttribute("open"); } }
  each("[data-keys-open]", function (button) { button.addEventListener("click", show); });
  list.querySelector("[data-keys-close]").addEventListener("click", close);
  list.querySelector("[data-keys-off]").addEventListener("change", function (event) {
    document.cookie = "vss_phim=" + (event.target.checked ? "tat; max-age=31536000" : "; max-age=0") + "; path=/; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
  });
  document.addEventListener("keydown", function (event) {
    var focused = document.activeElement, key = name(event);
    if (event.isComposing || event.keyCode === 229 || event.repeat && key !== "j" && key !== "k" || event.altKey || event.metaKey) { return; }
    if (event.ctrlKey) {
      if (key === "Enter" && focused && focused.form && focused.form.method === "post") {
        var button = focused.form.querySelector("button[data-key='Ctrl+Enter'], button:not([type=button]):not(.govuk-password-input__toggle)");
        if (button) { event.preventDefault(); button.click(); }
      }
      return;
    }
    if (list.hasAttribute("open") || (watch && !watch.hidden) || off()) { return; }
    if (types(focused)) { if (key === "Escape") { focused.blur(); } return; }
    if (key === "/" && event.shiftKey) { event.preventDefault(); show(); return; }
    if (key === "x" && event.shiftKey) { tick(true); return; }
    if (event.shiftKey || !key) { return; }
    if (went && Date.now() - went < 1500) { went = 0; if (press(key, "data-go")) { event.preventDefault(); } return; }
    went = 0;
    if (key === "g") { went = Date.now(); }
    else if ((key === "j" || key === "k") && rows().length) { stand(here + (key === "j" ? 1 : -1)); event.preventDefault(); }
    else if (key === "x" && here >= 0) { tick(false); event.preventDefault(); }
    else if (key === "Enter") { if (here >= 0 && (!focused || focused === body)) { rows()[here].querySelector("a").click(); } }
    else if (press(key, "data-key")) { event.preventDefault(); }
  });
  // the whole row is one link for the mouse
  each("tr[data-row]", function (row) {
    row.addEventListener("click", function (event) {
      if (!event.target.closest("a, input, button, label") && !String(window.getSelection())) { row.querySelector("a").click(); }
    });
  });
})();
