// Prefix is what routes of this version start with.
package shared

const Prefix = ":444/v4"
