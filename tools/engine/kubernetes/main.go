// Command pulumi-resource-kubernetes serves the Kubernetes provider, as a real downstream for tests and examples.
//
// The provider's own command cannot be built from its Go module, which lacks two generated files. They would
// hold what the two files embedded here hold; the installer takes these from the module's folder.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is the release of the Python package pulumi_kubernetes that this provider serves.
const version = "4.34.2"

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() {
	provider.Serve("kubernetes", version, schema, mapping)
}
