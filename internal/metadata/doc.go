// Package metadata reads and changes a user's metadata: user metadata, which the user may
// edit, and app_metadata, which the company decides. Each kind has its own permission.
//
// It merges nested objects and bounds the size. Package auth0 stores metadata and hides
// this service's own member of app_metadata.
package metadata
