/** What reads YAML as kubectl does. Loaded when it is first needed: most commands begin without it. */
export const yamlReader = () => import('./documents.ts');
