// limit evicts every pod on some nodes as fast as the API server allows: no checks, no budgets, no retries.
// It is the bar for `kubectl maint on`. Usage: KUBECONFIG=... limit PARALLEL NODE...
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, parallel string, nodes []string) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	workers, err := strconv.Atoi(parallel)
	if err != nil {
		return err
	}
	left := newLeaving()
	var pods []v1.Pod
	for _, node := range nodes {
		cordon := []byte(`{"spec":{"unschedulable":true}}`)
		if _, err := client.CoreV1().Nodes().Patch(ctx, node, types.StrategicMergePatchType, cordon, metav1.PatchOptions{}); err != nil {
			return err
		}
		list, err := client.CoreV1().Pods("").List(ctx, on(node))
		if err != nil {
			return err
		}
		pods = append(pods, list.Items...)
		go follow(ctx, client, node, list, left)
	}
	left.expect(pods)
	evictAll(ctx, client, pods, workers)
	<-left.done
	return nil
}

func on(node string) metav1.ListOptions {
	return metav1.ListOptions{FieldSelector: "spec.nodeName=" + node}
}

// follow tells which pods of a list go. The API server closes a watch whose client is slow; then it is listed again.
func follow(ctx context.Context, client kubernetes.Interface, node string, list *v1.PodList, left *leaving) {
	first := list.Items
	for {
		here := on(node)
		here.ResourceVersion = list.ResourceVersion
		if watch, err := client.CoreV1().Pods("").Watch(ctx, here); err == nil {
			for event := range watch.ResultChan() {
				if pod, ok := event.Object.(*v1.Pod); ok && event.Type == "DELETED" {
					left.gone(pod.UID)
				}
			}
		}
		again, err := client.CoreV1().Pods("").List(ctx, on(node))
		if err != nil {
			continue
		}
		there := map[types.UID]bool{}
		for _, pod := range again.Items {
			there[pod.UID] = true
		}
		for _, pod := range first {
			if !there[pod.UID] {
				left.gone(pod.UID)
			}
		}
		list = again
	}
}

func evictAll(ctx context.Context, client kubernetes.Interface, pods []v1.Pod, workers int) {
	queue := make(chan v1.Pod)
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for pod := range queue {
				evict(ctx, client, pod)
			}
		}()
	}
	for _, pod := range pods {
		queue <- pod
	}
	close(queue)
	group.Wait()
}

func evict(ctx context.Context, client kubernetes.Interface, pod v1.Pod) {
	uid := pod.UID
	eviction := &policy.Eviction{
		ObjectMeta:    metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace},
		DeleteOptions: &metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}},
	}
	if err := client.CoreV1().Pods(pod.Namespace).EvictV1(ctx, eviction); err != nil {
		fmt.Fprintln(os.Stderr, time.Now().Format(time.TimeOnly), err)
	}
}

// leaving are the pods that are still there; done is closed when there are none.
type leaving struct {
	mutex    sync.Mutex
	pods     map[types.UID]bool
	departed map[types.UID]bool
	known    bool
	done     chan struct{}
}

func newLeaving() *leaving {
	return &leaving{pods: map[types.UID]bool{}, departed: map[types.UID]bool{}, done: make(chan struct{})}
}

func (l *leaving) expect(pods []v1.Pod) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, pod := range pods {
		if !l.departed[pod.UID] {
			l.pods[pod.UID] = true
		}
	}
	l.known = true
	l.closeIfEmpty()
}

func (l *leaving) gone(uid types.UID) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.departed[uid] = true
	if l.known && l.pods[uid] {
		delete(l.pods, uid)
		l.closeIfEmpty()
	}
}

func (l *leaving) closeIfEmpty() {
	if l.known && len(l.pods) == 0 {
		close(l.done)
	}
}
