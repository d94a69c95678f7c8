//go:build tools

// Package golang pins the language host of Go programs: the last that its module can be built from.
package golang

import _ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
