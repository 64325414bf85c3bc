/**
 * Context keys that hold several values. All other global keys (`aws:…`) hold one. A service's own key that is not
 * listed is taken to hold several where a policy asks it with ForAnyValue or ForAllValues.
 *
 * Source: IAM user guide, "Multivalued context keys", "AWS global condition context keys"; Service Authorization
 * Reference, condition keys of type `ArrayOf…`.
 */
const manyValued: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'cloudformation:resourcetypes',
  'dynamodb:attributes',
  'dynamodb:leadingkeys',
  'ec2:attribute',
  'kms:encryptioncontextkeys',
  'kms:grantoperations',
  'route53:changeresourcerecordsetsactions',
  'route53:changeresourcerecordsetsnormalizedrecordnames',
  'route53:changeresourcerecordsetsrecordtypes',
  's3:requestobjecttagkeys',
  'sts:transitivetagkeys',
]);

/** Whether a key (in lower case) may hold several values. */
export function isManyValued(key: string, quantified: boolean): boolean {
  return manyValued.has(key) || (quantified && !key.startsWith('aws:'));
}
