// Examples to pick: our own templates, from templates/.
const texts = import.meta.glob('../../templates/*/template.vtl', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
const contexts = import.meta.glob('../../templates/*/case.json', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
const claims = import.meta.glob('../../templates/*/claims/*.json', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;

export interface Example { name: string; template: string; claims: string; context: string }

const words = (slug: string) => slug.replaceAll('-', ' ');

/** Every sample with every caller: refused ones first, since those are what people come for. */
export const examples: Example[] = Object.entries(texts)
  .flatMap(([path, template]) => {
    const folder = path.replace(/\/template\.vtl$/, '');
    const callers = Object.entries(claims).filter(([file]) => file.startsWith(`${folder}/claims/`));
    return callers.map(([file, caller]) => {
      const who = file.replace(/.*\/|\.json$/g, '');
      return { name: `${words(folder.replace(/.*\//, ''))}: ${words(who)}`, template, claims: caller, context: contexts[`${folder}/case.json`] ?? '{}' };
    });
  })
  .sort((a, b) => Number(b.name.includes('deny')) - Number(a.name.includes('deny')));
