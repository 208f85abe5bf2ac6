/** A part of the list of pages. */
export interface SidebarGroup {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** The pages as the README lists them below `## More`: `- **Group**: [Title](page.md) · …`. */
export function sidebarFrom(readme: string): readonly SidebarGroup[] {
  const [, list = ''] = readme.split('\n## More\n');
  return list
    .split('\n- ')
    .slice(1)
    .map((group) => ({
      text: /\*\*(.+?)\*\*/.exec(group)?.[1] ?? '',
      items: [...group.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = '', page = '']) => ({
        text,
        link: `/${page.replace(/README\.md$/, '')}`,
      })),
    }));
}
