/** Words of the shell after which a command follows. */
export const KEYWORDS = new Set(['!', '{', 'do', 'elif', 'else', 'if', 'then', 'time', 'until', 'while']);
/** Words of the shell behind which no program stands. */
export const CLAUSES = new Set(['case', 'done', 'esac', 'fi', 'for', 'function', 'in', 'select', '}']);
/** The beginning of `NAME=value` and `NAME+=value`. */
export const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)\+?=/;
/** Programs of the shell that take assignments as arguments. */
export const DECLARATIONS = new Set(['declare', 'export', 'local', 'readonly', 'typeset']);
