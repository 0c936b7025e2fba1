"""Problems small enough to work out by hand, in one line."""

from allocation.problem import Gender, Options, Person, Pool, Problem, Service


def people(*ids, **traits):
    """People alike but for their ids."""
    return [Person(id=each, **traits) for each in ids]


def living(service, *ids, pool="u", **traits):
    """People alike but for their ids, who live in that service."""
    return people(*ids, current_service=service, current_pool=pool, **traits)


def service(name, units=1, gender="any", **traits):
    """A service of one pool, ``u``."""
    return pools(name, u=(units, gender), **traits)


def pools(name, /, conversions=(), **units_and_genders):
    """A service of several pools, each given as its units and its gender."""
    made = [
        Pool(id=pool, units=units, gender=Gender(gender))
        for pool, (units, gender) in units_and_genders.items()
    ]
    return Service(id=name, pools=tuple(made), conversions=tuple(conversions))


def ask(persons, services, listed=None, units=None, **rest):
    """A problem in which everybody suits every service at no cost, unless ``listed`` gives (person, service)
    and its cost; ``units`` gives those that depend on the place.
    """
    pairs = {(person.id, service.id): 0 for person in persons for service in services}
    who = [person.id for person in persons]
    where = [service.id for service in services]
    rows = [
        (who.index(person), where.index(at), cost, (units or {}).get((person, at), 0))
        for (person, at), cost in (pairs if listed is None else listed).items()
    ]
    return Problem(people=tuple(persons), services=tuple(services), options=Options.of(rows), **rest)
