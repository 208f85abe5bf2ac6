/** The usual theme with the fonts of the reader's machine: nothing is fetched, and nothing waits for a font. */
export { default } from 'vitepress/theme-without-fonts';
