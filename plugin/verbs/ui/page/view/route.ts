/** What the page shows, as the part of its address behind `#`. */
export type Route =
  | { readonly screen: 'nodes' | 'times' }
  | { readonly screen: 'node'; readonly cluster: string; readonly node: string }
  | { readonly screen: 'enforcement'; readonly cluster: string | undefined };

/** Reads an address; anything that is none shows the nodes. */
export function routeFrom(hash: string): Route {
  const [screen = '', cluster, node] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (screen === 'node' && cluster !== undefined && node !== undefined) return { screen, cluster, node };
  if (screen === 'enforcement') return { screen, cluster };
  return { screen: screen === 'times' ? 'times' : 'nodes' };
}

/** The address of a screen. */
export function addressOf(route: Route): string {
  switch (route.screen) {
    case 'node':
      return `#/node/${encodeURIComponent(route.cluster)}/${encodeURIComponent(route.node)}`;
    case 'enforcement':
      return route.cluster === undefined ? '#/enforcement' : `#/enforcement/${encodeURIComponent(route.cluster)}`;
    case 'nodes':
    case 'times':
      return `#/${route.screen}`;
  }
}

/** Anybody may write an address that is no encoding of anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The one-time token that the terminal's address carries. */
export function tokenIn(hash: string): string | undefined {
  return /^#token=([\w-]+)$/.exec(hash)?.[1];
}
