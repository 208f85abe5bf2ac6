/**
 * An object of the Kubernetes API as it is written in JSON, by the types of the Kubernetes client: those say Date where
 * JSON has a text (RFC 3339).
 */
export type Written<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Written<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Written<T[Name]> | (undefined extends T[Name] ? undefined : never) }
      : T;
