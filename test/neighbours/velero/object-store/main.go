// An object store of Velero on a folder of this machine: what a bucket is elsewhere is a folder below the one that the
// backup storage location names as "fspath".
package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
)

func main() {
	framework.NewServer().
		RegisterObjectStore("velero.io/fs", func(logrus.FieldLogger) (any, error) { return &folder{}, nil }).
		Serve()
}

type folder struct{ root string }

func (f *folder) Init(config map[string]string) error {
	f.root = config["fspath"]
	if f.root == "" {
		return errors.New("the backup storage location names no fspath")
	}
	return nil
}

func (f *folder) PutObject(bucket, key string, body io.Reader) error {
	path := f.path(bucket, key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".draft-")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if _, err := io.Copy(draft, body); err != nil {
		draft.Close()
		return err
	}
	if err := draft.Close(); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}

func (f *folder) ObjectExists(bucket, key string) (bool, error) {
	_, err := os.Stat(f.path(bucket, key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (f *folder) GetObject(bucket, key string) (io.ReadCloser, error) {
	return os.Open(f.path(bucket, key))
}

func (f *folder) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	keys, err := f.ListObjects(bucket, prefix)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, key := range keys {
		rest := strings.TrimPrefix(key, prefix)
		if at := strings.Index(rest, delimiter); at >= 0 {
			found[prefix+rest[:at+len(delimiter)]] = true
		}
	}
	prefixes := make([]string, 0, len(found))
	for each := range found {
		prefixes = append(prefixes, each)
	}
	sort.Strings(prefixes)
	return prefixes, nil
}

func (f *folder) ListObjects(bucket, prefix string) ([]string, error) {
	root := filepath.Join(f.root, bucket)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	keys := []string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		key, err := filepath.Rel(root, path)
		if err == nil && strings.HasPrefix(filepath.ToSlash(key), prefix) {
			keys = append(keys, filepath.ToSlash(key))
		}
		return err
	})
	return keys, err
}

func (f *folder) DeleteObject(bucket, key string) error {
	return os.Remove(f.path(bucket, key))
}

func (f *folder) CreateSignedURL(bucket, key string, _ time.Duration) (string, error) {
	return "file://" + f.path(bucket, key), nil
}

func (f *folder) path(bucket, key string) string {
	return filepath.Join(f.root, bucket, filepath.FromSlash(key))
}
