"use strict";
// The address of the document is an attribute, because the page's policy allows no script inside the page.
const place = document.getElementById("swagger");
place.hidden = false;
SwaggerUIBundle({ url: place.dataset.spec, domNode: place, deepLinking: true, validatorUrl: null });
