//go:build tools

// Package tools pins istio.io/api: the cluster suite applies the CRDs that the module carries.
package tools

import _ "istio.io/api/networking/v1"
