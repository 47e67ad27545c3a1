/** What events can be filtered by, and how a column is compared with the values wanted, any of which will do. */
const CONDITIONS = {
  country: (values: string) => `country IN ${values}`,
  city: (values: string) => `city IN ${values}`,
  utm_source: (values: string) => `utm_source IN ${values}`,
  utm_medium: (values: string) => `utm_medium IN ${values}`,
  utm_campaign: (values: string) => `utm_campaign IN ${values}`,
  device: (values: string) => `multiIf(mobile IS NULL, '', mobile, 'mobile', 'desktop') IN ${values}`,
  os: (values: string) => `os IN ${values}`,
  page: (values: string) => `page IN ${values}`,
  product_id: (values: string) =>
    `if(empty(items), product_id IN ${values}, arrayExists(item -> item.product_id IN ${values}, items))`,
  event_type: (values: string) => `(event_type IN ${values} OR type_name IN ${values})`,
  coupon: (values: string) => `coupon IN ${values}`,
  currency: (values: string) => `currency IN ${values}`,
} as const;

/** What events can be filtered by: a dimension of the breakdowns, or another property. */
export type FilterField = keyof typeof CONDITIONS;

/** All of {@link FilterField}. */
export const FILTER_FIELDS = Object.keys(CONDITIONS) as readonly FilterField[];

/** The events wanted: those that have, of every field named, one of the values. */
export type EventFilter = Readonly<Partial<Record<FilterField, readonly string[]>>>;

/** A filter as a condition in SQL, with its parameters; undefined where it lets everything through. */
export function filterCondition(
  filter: EventFilter,
): { readonly sql: string; readonly params: Readonly<Record<string, readonly string[]>> } | undefined {
  const wanted = FILTER_FIELDS.filter((field) => filter[field] !== undefined);
  if (wanted.length === 0) return undefined;
  return {
    sql: wanted.map((field) => CONDITIONS[field](`{filter_${field}:Array(String)}`)).join(" AND "),
    params: Object.fromEntries(wanted.map((field) => [`filter_${field}`, filter[field]!])),
  };
}
