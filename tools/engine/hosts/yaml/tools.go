//go:build tools

// Package yaml pins the language host of Pulumi YAML that stands beside the engine.
package yaml

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
