// Asks every second whether anything happened; if so, takes the sections from the page anew and keeps open what is open.
const pause = 1000;
let shown = document.body.dataset.state;

async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const open = new Set([...document.querySelectorAll("details[open]")].map((one) => one.id));
  let complete = true;
  for (const section of document.querySelectorAll("main > section")) {
    const fresh = page.getElementById(section.id);
    for (const one of fresh.querySelectorAll("details")) one.open = open.has(one.id);
    if (fresh.innerHTML === section.innerHTML) continue;
    // what somebody is reading or about to press is not changed under their hands
    if (section.contains(document.activeElement)) complete = false;
    else section.replaceWith(document.adoptNode(fresh));
  }
  return complete;
}

async function look() {
  try {
    const { state } = await (await fetch("/state", { cache: "no-store" })).json();
    if (state !== shown && (await refresh())) shown = state;
  } catch {
    // the sandbox is being started again: ask later
  }
  setTimeout(look, pause);
}
look();
