//go:build tools

// Package nodejs pins the language host of Node programs: the last that its module can be built from.
package nodejs

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
