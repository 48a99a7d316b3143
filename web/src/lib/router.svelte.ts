// Addresses are the state: what one sees can be sent to a colleague.
class Route {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));
  hash = $state(location.hash.slice(1));
}
export const route = new Route();

function read(): void {
  route.path = location.pathname;
  route.query = new URLSearchParams(location.search);
  route.hash = location.hash.slice(1);
}

export function navigate(href: string, replace = false): void {
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  const before = route.path;
  read();
  if (route.path !== before) scrollTo(0, 0);
}

/** This page with other words in its query; empty ones are left out. */
export function withQuery(changes: Record<string, string | undefined>): string {
  const query = new URLSearchParams(route.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === '' ? route.path : `${route.path}?${text}`;
}

export function startRouter(): void {
  addEventListener('popstate', read);
  addEventListener('hashchange', read);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download') || /^\/(api|taxii2|feeds)\//.test(link.pathname)) return;
    if (link.hash !== '' && link.pathname === location.pathname && link.search === location.search && document.getElementById(link.hash.slice(1))) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}
