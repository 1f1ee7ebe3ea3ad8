"""Look at a page as it is drawn: what axe-core finds, what is cut off, what lies upon something else, what is not translated."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    }
}
_GRAVE: Final = {"serious", "critical"}

#: pixels of rounding, and of borders that touch
_DRAWN = r"""
() => {
  const faults = [], marks = /[ăâđêôơư\u1ea0-\u1ef9]/i;
  const name = e => (e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.className && e.className.split ? '.' + e.className.split(/\s+/).join('.') : ''))
      + ' “' + (e.innerText || e.value || '').trim().slice(0, 40) + '”';
  const shown = e => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1 && e.checkVisibility({visibilityProperty: true}); };
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth + 1) {
    const wide = [...document.body.querySelectorAll('*')].filter(e => shown(e) && e.getBoundingClientRect().right > innerWidth + 1);
    faults.push('the page scrolls sideways: ' + root.scrollWidth + ' px, ' + wide.slice(-3).map(name).join(', '));
  }
  const words = [...document.body.querySelectorAll('*')].filter(e => shown(e)
      && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  for (const e of words) {
    const style = getComputedStyle(e);
    if (['hidden', 'clip'].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && style.display !== 'inline')
      faults.push('cut off: ' + name(e));
    if (['hidden', 'clip'].includes(style.overflowY) && e.scrollHeight > e.clientHeight + 2 && e.clientHeight > 1 && style.display !== 'inline')
      faults.push('cut off below: ' + name(e));
    if (style.lineHeight !== 'normal' && parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.2 && marks.test(e.innerText))
      faults.push('lines too close for stacked marks (' + style.lineHeight + ' / ' + style.fontSize + '): ' + name(e));
  }
  const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(shown);
  const boxes = controls.map(e => [e, e.getBoundingClientRect()]);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    if (a.contains(b) || b.contains(a)) continue;
    const across = Math.min(p.right, q.right) - Math.max(p.left, q.left), down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (across > 3 && down > 3) faults.push('one upon the other: ' + name(a) + ' and ' + name(b));
  }
  return faults;
}
"""

_VIETNAMESE = r"""
() => {
  const marks = /[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]/;
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, e = text.parentElement, said = e.closest('[lang]');
    if (marks.test(text.textContent) && !e.closest('bdi, script, style, textarea') && said && said.lang === 'en') found.push(text.textContent.trim());
  }
  return found;
}
"""


def grave_violations(page: Page) -> list[str]:
    """Return what axe-core finds that is serious or critical, a line for each element."""
    found: list[dict[str, Any]] = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"axe {one['impact']}: {one['id']} ({one['help']}) at {' '.join(map(str, node['target']))}"
        for one in found
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]


def drawn_badly(page: Page) -> list[str]:
    """Return what is cut off, covered, set too close, or makes the page scroll sideways."""
    return list(page.evaluate(_DRAWN))


def untranslated(page: Page) -> list[str]:
    """Return Vietnamese words of an English page that do not say that they are Vietnamese (`lang="vi"`, `<bdi>`)."""
    return list(page.evaluate(_VIETNAMESE))
