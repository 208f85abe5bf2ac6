declare module 'textlint-rule-sentence-length' {
  import type { TextlintKernelRule } from '@textlint/kernel';

  const module: { readonly default: TextlintKernelRule['rule'] };
  export { module as default };
}
