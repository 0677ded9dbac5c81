/** How slow and how fast a recording can be played; 1 is as it was. */
export const speeds = {least: 0.25, most: 64};
