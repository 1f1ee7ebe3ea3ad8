// Makes pages pleasant; nothing depends on it. Plain script for old browsers, without anything inline.
(function () {
  "use strict";
  document.body.classList.add("js-enabled");

  // a part that another service draws takes the place of its link, if it comes within two seconds
  document.querySelectorAll("section[data-manh]").forEach(function (part) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, 2000);
    fetch(part.dataset.manh, { headers: { "X-Manh": "1" }, credentials: "same-origin", signal: stop.signal })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(function (html) { part.innerHTML = html; })
      .catch(function () { /* the link stays */ })
      .finally(function () { clearTimeout(late); });
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () { button.textContent = button.dataset.copied; });
    });
  });

  // after an action the notice is read first
  var notice = document.querySelector("[data-notice]");
  if (notice) { notice.focus(); }
})();
