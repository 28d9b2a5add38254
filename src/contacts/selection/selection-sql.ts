/**
 * `filtered_out` and `sort_key` of a contact that comes into a campaign, in the statement that puts it there. Written once, so
 * that every way into a campaign selects alike.
 */
export const selectionOf = (campaign: string, attributes: string): string =>
  `NOT contact_matches(${attributes}, ${campaign}.contact_filter_path), contact_sort_key(${attributes}, ${campaign}.contact_sort)`;
