// A text of a publication: HTML that the server's Markdown renderer wrote (src/publications/markdown.cpp) → nodes of this page. The browser parses it into a document of its
// own, in which nothing runs and nothing is loaded; of that, what stands in this list is made anew, element by element and attribute by attribute. Whatever else were in it
// stays text. So a mistake there is none here: two lists must fail before a text can do anything.
import { hrefOf } from './prose';

const ID = /^(summary|full)-[a-z]\d{1,6}$/;
const FIGURE = /^\/api\/v1\/publications\/[0-9a-f-]{36}\/(draft\/)?files\/[A-Za-z0-9._%-]{1,400}$/;
const CLASS = /^(right|center|footnotes|footnote-back|language-[a-z0-9_-]{1,30})$/;

type Check = (value: string) => string | undefined;
const id: Check = (value) => (ID.test(value) ? value : undefined);
const className: Check = (value) => (CLASS.test(value) ? value : undefined);
const href: Check = (value) => (value.startsWith('#') ? (ID.test(value.slice(1)) ? value : undefined) : /^mailto:[^\s]+$/i.test(value) ? value : hrefOf(value));

/** Elements, and of each the attributes with what they may say. */
const LIST: Record<string, Record<string, Check>> = {
  p: {}, blockquote: {}, ul: {}, ol: { start: (value) => (/^\d{1,9}$/.test(value) ? value : undefined) }, li: { id }, h2: { id }, h3: { id }, h4: { id }, h5: { id }, h6: { id },
  hr: {}, br: {}, pre: {}, code: { class: className }, em: {}, strong: {}, del: {}, sup: {},
  a: { href, id, class: className, 'aria-label': (value) => value },
  table: {}, thead: {}, tbody: {}, tr: {}, th: { scope: (value) => (value === 'col' ? value : undefined), class: className }, td: { class: className },
  section: { class: className },
  img: { src: (value) => (FIGURE.test(value) ? value : undefined), alt: (value) => value, loading: (value) => (value === 'lazy' ? value : undefined) },
};
/** Deeper than what the renderer lets through. */
const DEPTH_MAX = 200;

function rebuilt(node: Node, scrollLabel: string, depth: number): Node | undefined {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.nodeValue ?? '');
  if (!(node instanceof Element)) return undefined;
  const name = node.localName;
  const attributes = Object.hasOwn(LIST, name) && node.namespaceURI === 'http://www.w3.org/1999/xhtml' ? LIST[name] : undefined;
  if (!attributes || depth > DEPTH_MAX) return document.createTextNode(node.textContent ?? '');
  const out = document.createElement(name);
  for (const [attribute, check] of Object.entries(attributes)) {
    const value = node.getAttribute(attribute);
    const taken = value === null ? undefined : check(value);
    if (taken !== undefined) out.setAttribute(attribute, taken);
  }
  if (name === 'img' && !out.hasAttribute('src')) return document.createTextNode(out.getAttribute('alt') ?? '');
  const target = out.getAttribute('href');
  if (target !== null && !/^[#/]/.test(target)) {
    out.setAttribute('target', '_blank');
    out.setAttribute('rel', 'nofollow noopener noreferrer');
  }
  for (const child of node.childNodes) {
    const made = rebuilt(child, scrollLabel, depth + 1);
    if (made) out.append(made);
  }
  if (name !== 'table' && name !== 'pre') return out;
  // What is wider than the page is scrolled by itself, by the keyboard, too.
  const scroll = document.createElement('div');
  scroll.className = `scroll-${name}`;
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', scrollLabel);
  scroll.append(out);
  return scroll;
}

export function safeNodes(html: string, scrollLabel: string): DocumentFragment {
  const out = document.createDocumentFragment();
  for (const child of new DOMParser().parseFromString(html, 'text/html').body.childNodes) {
    const made = rebuilt(child, scrollLabel, 0);
    if (made) out.append(made);
  }
  return out;
}
