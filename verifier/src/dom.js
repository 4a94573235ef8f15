// Builds the page out of elements and words. Words only ever become text, never markup.

/** An element; `attributes` are set as they are, children are elements or words. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Names with their values; pairs without a value are left out. */
export function facts(pairs) {
  return el('dl', {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

export function table(head, rows) {
  // On a narrow screen each cell stands on a line of its own, behind the word over its column.
  const row = (tag, cells) => el('tr', {}, ...cells.map((cell, at) => el(tag, tag === 'th' ? { scope: 'col' } : { 'data-head': head[at] }, cell)));
  return el('div', { class: 'wide' }, el('table', {}, el('thead', {}, row('th', head)), el('tbody', {}, ...rows.map((cells) => row('td', cells)))));
}
