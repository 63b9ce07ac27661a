// The model that counts where none is named.

/** Name of its card in `models/`, which comes with its file. */
export const DEFAULT_MODEL = 'ngatu-road';
