// Asks the browser for a passkey, or for a new one, and puts its answer into the form.
(function () {
  "use strict";
  var asks = { passkeyGet: ["get", "parseRequestOptionsFromJSON"], passkeyCreate: ["create", "parseCreationOptionsFromJSON"] };
  Object.keys(asks).forEach(function (name) {
    var button = document.querySelector("[data-" + name.replace(/[A-Z]/, function (c) { return "-" + c.toLowerCase(); }) + "]");
    if (!button) { return; }
    var form = button.form, said = form.querySelector("[data-passkey-failed]"), ask = asks[name];
    form.addEventListener("submit", function (event) {
      if (form.elements.passkey.value) { return; }
      event.preventDefault();
      said.textContent = "";
      Promise.resolve().then(function () {
        var options = PublicKeyCredential[ask[1]](JSON.parse(button.dataset[name]));
        return navigator.credentials[ask[0]]({ publicKey: options });
      }).then(function (credential) {
        form.elements.passkey.value = JSON.stringify(credential.toJSON());
        form.submit();
      }).catch(function () { said.textContent = said.dataset.passkeyFailed; });
    });
  });
})();
