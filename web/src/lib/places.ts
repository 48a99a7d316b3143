// Where the main menu leads, in its order; the key after `g` that leads there, too; and the permission without which it is not shown.
import type { IconName } from '../components/Icon.svelte';
import type { Key } from '../locales/en';

export interface Place {
  href: string;
  name: Key;
  icon: IconName;
  permission: string;
  press: string;
}
export const places: Place[] = [
  { href: '/', name: 'nav.home', icon: 'home', permission: 'read', press: 'h' },
  { href: '/publications', name: 'nav.publications', icon: 'publications', permission: 'read', press: 'p' },
  { href: '/lookup', name: 'nav.lookup', icon: 'lookup', permission: 'lookup', press: 'l' },
  { href: '/actors', name: 'nav.actors', icon: 'actors', permission: 'read', press: 'a' },
  { href: '/attack', name: 'nav.attack', icon: 'attack', permission: 'read', press: 'm' },
  { href: '/graph', name: 'nav.graph', icon: 'graph', permission: 'read', press: 'g' },
  { href: '/indicators', name: 'nav.indicators', icon: 'indicators', permission: 'read', press: 'i' },
  { href: '/reviews', name: 'nav.reviews', icon: 'reviews', permission: 'curate', press: 'r' },
  { href: '/attribution', name: 'nav.attribution', icon: 'attribution', permission: 'attribute', press: 't' },
  { href: '/sources', name: 'nav.sources', icon: 'sources', permission: 'read', press: 's' },
  { href: '/admin', name: 'nav.admin', icon: 'admin', permission: 'administer', press: 'd' },
];
