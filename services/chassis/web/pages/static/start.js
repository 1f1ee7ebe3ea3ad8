// Starts govuk-frontend's parts. A module: browsers too old for them leave the page as it is, which works.
import { initAll } from "asset:govuk.js";

document.body.classList.add("govuk-frontend-supported");
initAll();
