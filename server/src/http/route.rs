//! One route as data: address, handler, who may call it, what goes in and comes out. The router and the OpenAPI
//! document are both made from the same list, so they cannot differ.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, schema::Schema};
use utoipa::{IntoParams, ToSchema};

use super::Site;
use super::guard;

/// Who may call a route. Rights on records, tasks and flows are decided further in, by the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, logged in or not.
    Open,
    /// Whoever is logged in, portal users included.
    Person,
    /// Who works here: everybody but portal users.
    Staff,
    /// Who may open the studio.
    Designer,
    /// Administrators.
    Admin,
}

/// A schema by name, with those it refers to.
pub type NamedSchemas = Vec<(String, RefOr<Schema>)>;

/// One method of one address.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// One sentence, in the API's documentation.
    pub about: &'static str,
    pub query: Vec<Parameter>,
    /// Name of the body's schema.
    pub takes: Option<String>,
    /// Name of the answer's schema; none: 204.
    pub answers: Option<Answer>,
    pub status: u16,
    pub schemas: NamedSchemas,
    handler: MethodRouter<Site>,
}

/// What an answer's body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    One(String),
    List(String),
    /// Not JSON.
    Other(&'static str),
}

fn route<H, T>(method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Site>,
    T: 'static,
{
    Route {
        method,
        path,
        access: Access::Person,
        about: "",
        query: Vec::new(),
        takes: None,
        answers: None,
        status: 204,
        schemas: Vec::new(),
        handler: on(filter, handler),
    }
}

/// A `GET` route.
pub fn get<H: Handler<T, Site>, T: 'static>(path: &'static str, handler: H) -> Route {
    route(Method::GET, MethodFilter::GET, path, handler)
}

/// A `POST` route.
pub fn post<H: Handler<T, Site>, T: 'static>(path: &'static str, handler: H) -> Route {
    route(Method::POST, MethodFilter::POST, path, handler)
}

/// A `PUT` route.
pub fn put<H: Handler<T, Site>, T: 'static>(path: &'static str, handler: H) -> Route {
    route(Method::PUT, MethodFilter::PUT, path, handler)
}

/// A `PATCH` route.
pub fn patch<H: Handler<T, Site>, T: 'static>(path: &'static str, handler: H) -> Route {
    route(Method::PATCH, MethodFilter::PATCH, path, handler)
}

/// A `DELETE` route.
pub fn delete<H: Handler<T, Site>, T: 'static>(path: &'static str, handler: H) -> Route {
    route(Method::DELETE, MethodFilter::DELETE, path, handler)
}

impl Route {
    pub fn may(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    pub fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// The query's type.
    pub fn query<Q: IntoParams>(mut self) -> Self {
        self.query.extend(Q::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// The body's type.
    pub fn takes<B: ToSchema>(mut self) -> Self {
        self.takes = Some(self.schema::<B>());
        self
    }

    /// The answer's type, with status 200.
    pub fn answers<A: ToSchema>(mut self) -> Self {
        self.answers = Some(Answer::One(self.schema::<A>()));
        self.status = 200;
        self
    }

    /// The answer is a list of `A`.
    pub fn answers_list<A: ToSchema>(mut self) -> Self {
        self.answers = Some(Answer::List(self.schema::<A>()));
        self.status = 200;
        self
    }

    /// The answer is not JSON but `media`.
    pub fn answers_other(mut self, media: &'static str) -> Self {
        self.answers = Some(Answer::Other(media));
        self.status = 200;
        self
    }

    /// Another status than the usual.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn schema<S: ToSchema>(&mut self) -> String {
        let name = S::name().into_owned();
        self.schemas.push((name.clone(), S::schema()));
        S::schemas(&mut self.schemas);
        name
    }

    /// Adds the route behind its guard.
    pub fn mount(self, router: Router<Site>, site: &Site) -> Router<Site> {
        let guarded =
            self.handler.layer(axum::middleware::from_fn_with_state((site.clone(), self.access), guard::admit));
        router.route(self.path, guarded)
    }
}
