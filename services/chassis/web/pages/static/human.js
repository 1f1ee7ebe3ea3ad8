// Finds the answer to the form's proof of work while the form is filled in (human.py); altcha's worker does the sums.
(function () {
  "use strict";
  if (!window.Worker || !window.crypto || !crypto.subtle || !window.Promise) { return; }
  document.querySelectorAll("input[data-human]").forEach(function (field) {
    var form = field.form, challenge = JSON.parse(field.dataset.human), search = null, isSending = false;

    function begin() {
      search = search || new Promise(function (found) {
        var worker = new Worker(field.dataset.worker);
        worker.onmessage = function (message) { worker.terminate(); found(message.data); };
        worker.onerror = function () { worker.terminate(); found(null); };
        worker.postMessage({ type: "work", challenge: challenge, counterStart: 0, counterStep: 1, timeout: 60000 });
      });
      return search;
    }

    form.addEventListener("input", begin, { once: true });
    form.addEventListener("submit", function (event) {
      if (field.value) { return; }
      event.preventDefault();
      if (isSending) { return; }
      isSending = true;
      begin().then(function (solution) {
        if (solution && solution.derivedKey) { field.value = btoa(JSON.stringify({ challenge: challenge, solution: solution })); }
        form.submit();
      });
    });
    // a page that comes back out of the browser's memory has an answer that was used
    window.addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
  });
})();
