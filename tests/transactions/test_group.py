"""The crowds of this folder run one after the other: a runner that stops reading groups must not go unseen."""


def test_this_folder_is_one_group(request, worker_id):
    assert worker_id == "master" or request.node.nodeid.endswith("@own database")
