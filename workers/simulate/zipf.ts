/**
 * The weights of Zipf's law: rank r (from 1) has the weight 1 / r^exponent. An exponent near 1 is what shops see:
 * the best seller alone takes a tenth of the views, and most products are looked at rarely.
 */
export function zipfWeights(size: number, exponent: number): number[] {
  return Array.from({ length: size }, (_, index) => (index + 1) ** -exponent);
}
