// Which page is at which address. src/server/routes_portal.cpp hands the portal out at the same ones; the browser tests open each.
import type { Component } from 'svelte';
import { itemsPath, newestPath, publicationPath } from './publications';

export interface PageOf {
  pattern: string;
  permission: string;
  load: () => Promise<{ default: Component<{ parameter: string }> }>;
  /** What it asks the server first, word for word: asked for while the page itself is on its way. */
  early?: (parameter: string, language: string) => string[];
}

export const pages: PageOf[] = [
  { pattern: '/', permission: 'read', load: () => import('../pages/Home.svelte'), early: (_, language) => ['/counts', newestPath(language)] },
  { pattern: '/lookup', permission: 'lookup', load: () => import('../pages/Lookup.svelte') },
  { pattern: '/search', permission: 'read', load: () => import('../pages/Search.svelte') },
  { pattern: '/publications', permission: 'read', load: () => import('../pages/Publications.svelte') },
  { pattern: '/publications/drafts', permission: 'write', load: () => import('../pages/Drafts.svelte') },
  { pattern: '/publications/new', permission: 'write', load: () => import('../pages/PublicationEdit.svelte') },
  { pattern: '/publications/{id}/edit', permission: 'write', load: () => import('../pages/PublicationEdit.svelte') },
  { pattern: '/publications/{id}', permission: 'read', load: () => import('../pages/Publication.svelte'), early: (id, language) => [publicationPath(id, language), itemsPath(id)] },
  { pattern: '/actors', permission: 'read', load: () => import('../pages/Actors.svelte') },
  { pattern: '/actors/compare', permission: 'read', load: () => import('../pages/Compare.svelte') },
  { pattern: '/actors/{id}', permission: 'read', load: () => import('../pages/Actor.svelte') },
  { pattern: '/attack', permission: 'read', load: () => import('../pages/Attack.svelte') },
  { pattern: '/attack/{technique}', permission: 'read', load: () => import('../pages/Technique.svelte') },
  { pattern: '/objects/{id}', permission: 'read', load: () => import('../pages/Object.svelte') },
  { pattern: '/graph', permission: 'read', load: () => import('../pages/Graph.svelte') },
  { pattern: '/indicators', permission: 'read', load: () => import('../pages/Indicators.svelte') },
  { pattern: '/indicators/false-positives', permission: 'read', load: () => import('../pages/FalsePositives.svelte') },
  { pattern: '/sources', permission: 'read', load: () => import('../pages/Sources.svelte') },
  { pattern: '/reviews', permission: 'curate', load: () => import('../pages/Reviews.svelte') },
  { pattern: '/reviews/{id}', permission: 'curate', load: () => import('../pages/Review.svelte') },
  { pattern: '/attribution', permission: 'attribute', load: () => import('../pages/Attributions.svelte') },
  { pattern: '/attribution/{id}', permission: 'attribute', load: () => import('../pages/Attribution.svelte') },
  { pattern: '/account', permission: 'signed-in', load: () => import('../pages/Account.svelte') },
  { pattern: '/account/notifications', permission: 'signed-in', load: () => import('../pages/Notifications.svelte') },
  { pattern: '/admin', permission: 'administer', load: () => import('../pages/Users.svelte') },
  { pattern: '/admin/users/{name}', permission: 'administer', load: () => import('../pages/User.svelte') },
  { pattern: '/admin/organisations', permission: 'administer', load: () => import('../pages/Organisations.svelte') },
  { pattern: '/admin/organisations/{id}', permission: 'administer', load: () => import('../pages/Organisation.svelte') },
  { pattern: '/admin/plans', permission: 'administer', load: () => import('../pages/Plans.svelte') },
  { pattern: '/admin/system', permission: 'administer', load: () => import('../pages/System.svelte') },
  { pattern: '/admin/backups', permission: 'administer', load: () => import('../pages/Backups.svelte') },
  { pattern: '/welcome', permission: 'signed-in', load: () => import('../pages/Welcome.svelte') },
  { pattern: '/admin/{part}', permission: 'audit', load: () => import('../pages/Audit.svelte') },
];

export interface Found {
  page: PageOf;
  parameter: string;
}

export function pageAt(path: string, of: PageOf[] = pages): Found | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (const page of of) {
    const wanted = page.pattern.split('/').filter((part) => part !== '');
    if (wanted.length !== parts.length) continue;
    let parameter = '';
    const fits = wanted.every((one, i) => {
      if (!one.startsWith('{')) return one === parts[i];
      try {
        parameter = decodeURIComponent(parts[i]!);
      } catch {
        return false;
      }
      return true;
    });
    if (fits) return { page, parameter };
  }
  return undefined;
}
