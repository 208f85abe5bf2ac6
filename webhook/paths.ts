/** Where the API server posts its reviews. */
export const VALIDATE_PATH = '/validate';
